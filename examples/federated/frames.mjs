// Questions and answers over standard input and output: the lengths of a header and of what follows it (two 32-bit numbers, little
// end first), the header as JSON, and files one after the other, whose lengths are in `header.files`.

const LARGEST = 256 * 2 ** 20;

/** Answers each question with what `answer(header, files)` returns, { files?, ...header }, until the input ends. */
export async function serve(answer) {
  console.log = console.error; // standard output is for frames
  let waiting = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    waiting = Buffer.concat([waiting, chunk]);
    for (let frame = frameAt(waiting); frame !== null; frame = frameAt(waiting)) {
      waiting = waiting.subarray(frame.end);
      await write(await answered(answer, frame));
    }
  }
}

async function answered(answer, { header, files }) {
  try {
    return await answer(header, files);
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

/** The frame that `bytes` begin with, null if it is not complete. */
export function frameAt(bytes) {
  if (bytes.length < 8) return null;
  const [headerLength, payloadLength] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  if (headerLength + payloadLength > LARGEST) throw new RangeError(`a frame of ${headerLength + payloadLength} bytes is too large`);
  const end = 8 + headerLength + payloadLength;
  if (bytes.length < end) return null;
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
  let at = 8 + headerLength;
  const files = (header.files ?? []).map((length) => new Uint8Array(bytes.subarray(at, (at += length))));
  return { header, files, end };
}

export function frameOf({ files = [], ...header }) {
  const text = Buffer.from(JSON.stringify({ ...header, files: files.map(({ length }) => length) }));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(text.length, 0);
  lengths.writeUInt32LE(files.reduce((sum, { length }) => sum + length, 0), 4);
  return Buffer.concat([lengths, text, ...files]);
}

const write = (message) => new Promise((resolve) => { process.stdout.write(frameOf(message), resolve); });
