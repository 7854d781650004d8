// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'fda3d6e07bad7cb1';
