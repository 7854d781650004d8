// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '3092a385c3db721c';
