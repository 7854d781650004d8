// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'fbc6a9247df2bb86';
