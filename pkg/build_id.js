// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '3081710792b5eb5d';
