// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'd78224f4c3f44b10';
