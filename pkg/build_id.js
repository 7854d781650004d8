// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '111deb2011bd8c0a';
