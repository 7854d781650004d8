// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'e06d3a8192a17cc6';
