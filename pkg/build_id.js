// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'd7f4432aab481b2a';
