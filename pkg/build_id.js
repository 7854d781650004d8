// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '5dc2b3634ccc99bd';
