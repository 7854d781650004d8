// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'c6015a6a679b39a5';
