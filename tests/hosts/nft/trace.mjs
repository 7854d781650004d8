// Prints the files that a program needs, as tools for deployment find them.
import { nodeFileTrace } from '@vercel/nft';

const { fileList, warnings } = await nodeFileTrace([process.argv[2]]);
console.log(JSON.stringify({ files: [...fileList], warnings: [...warnings].map(String) }));
