// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '32bdf6e0a80e14ce';
