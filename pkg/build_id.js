// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '952641a39a1e8fca';
