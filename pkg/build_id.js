// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '9af351c43ebd2af3';
