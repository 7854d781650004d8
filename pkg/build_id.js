// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '445b7ec377bcebad';
