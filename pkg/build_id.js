// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = 'cfb32b84fd2c0084';
