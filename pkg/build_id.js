// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'afaf3a4cf9ab4547';
