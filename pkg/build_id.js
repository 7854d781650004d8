// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'ab5984e7c40774a2';
