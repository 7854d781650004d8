// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '4b4f4eac3be1a0fb';
