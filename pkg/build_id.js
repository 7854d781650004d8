// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '0c7a467a648fdedc';
