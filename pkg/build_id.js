// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '78a52221acc5a6aa';
