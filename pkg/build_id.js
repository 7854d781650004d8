// Generated: the id of this build, which the .wasm file has, too.
export const BUILD_ID = '3c7fb54ed2fbd84d';
