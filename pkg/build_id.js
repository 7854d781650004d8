// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'b2e802c16d2fa301';
