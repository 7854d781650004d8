// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'e8447af18313ed39';
