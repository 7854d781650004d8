// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'da0d4f3ca744e42a';
