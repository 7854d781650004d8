// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '8e0b1c2c1ba08fc6';
