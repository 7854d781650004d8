// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'cc652be5f2bf367e';
