// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '64c8d37785a291e6';
