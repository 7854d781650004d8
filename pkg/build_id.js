// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'c937188d73f5d441';
