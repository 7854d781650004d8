// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'f6f5afe9b492e2b2';
