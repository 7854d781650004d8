// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '631ccc84b18f7118';
