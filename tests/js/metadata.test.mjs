// Texts of the user's own in files: given to to_safetensors(), read back by metadata(), kept when the file is saved again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { module } from './module.mjs';
import { assemble, laidOut, newAdapter, newScoped, newTrajectories, parse } from './safetensors.mjs';

const MAKERS = { WasmMicroLoRA: newAdapter, WasmScopedLoRA: newScoped, WasmTrajectoryBuffer: newTrajectories };
const TEXTS = { author: 'me', '': 'an empty key', '結合': '🙂', 'quoted "key"\n': '\0\\', __proto: 'x', constructor: '', a: 'b'.repeat(10_000) };

for (const name of Object.keys(MAKERS)) {
  describe(name, () => {
    const Class = module[name];
    const make = () => new Class(8, 8);

    test('an object without any has none, and neither has its file', () => {
      const object = make();
      assert.deepEqual(object.metadata(), {});
      assert.deepEqual(Class.from_safetensors(object.to_safetensors()).metadata(), {});
    });

    test('what is given is in the file, is read back, and is saved again', () => {
      const object = make();
      const file = object.to_safetensors(TEXTS);
      assert.deepEqual(object.metadata(), TEXTS);
      const { metadata } = parse(file);
      for (const [key, text] of Object.entries(TEXTS)) assert.equal(metadata[key], text);
      const loaded = Class.from_safetensors(file);
      assert.deepEqual(loaded.metadata(), TEXTS);
      assert.deepEqual(loaded.to_safetensors(), file);
      assert.deepEqual(loaded.to_safetensors(undefined), file);
    });

    test('new texts take the place of the old ones, and an empty object removes them', () => {
      const object = make();
      const plain = object.to_safetensors();
      object.to_safetensors({ author: 'me', run: '1' });
      assert.deepEqual(Class.from_safetensors(object.to_safetensors({ run: '2' })).metadata(), { run: '2' });
      assert.deepEqual(object.to_safetensors({}), plain);
    });

    test('what metadata() gives is the caller’s own', () => {
      const object = make();
      object.to_safetensors({ author: 'me' });
      object.metadata().author = 'you';
      assert.deepEqual(object.metadata(), { author: 'me' });
    });

    test('a key of the format, and what is no text, are refused by name; the texts stay', () => {
      const object = make();
      object.to_safetensors({ author: 'me' });
      for (const key of ['class', 'checksum', 'format_version', 'format', 'dim']) {
        assert.throws(() => object.to_safetensors({ other: 'x', [key]: 'x' }), { name: 'RangeError', message: `metadata: ${key} is a key of the format itself` });
      }
      assert.throws(() => object.to_safetensors({ epoch: 1 }), { name: 'TypeError', message: 'metadata.epoch must be a string' });
      assert.throws(() => object.to_safetensors(['x']), { name: 'TypeError', message: 'metadata must be an object of strings' });
      const refusing = { get author() { throw new Error('from a getter'); } };
      assert.throws(() => object.to_safetensors(refusing), ({ name: kind, cause }) => kind === 'TypeError' && cause.message === 'from a getter');
      assert.deepEqual(object.metadata(), { author: 'me' });
    });

    test('a key that is twice in a header is refused', () => {
      const { header, data } = laidOut(MAKERS[name](8));
      const text = JSON.stringify(header);
      const [tensor] = Object.keys(header).slice(1);
      const again = `${JSON.stringify(tensor)}:${JSON.stringify(header[tensor])}`;
      const [first] = Object.keys(header.__metadata__);
      const twice = {
        'a tensor': `${text.slice(0, -1)},${again}}`,
        'a tensor, escaped': `${text.slice(0, -1)},${again.replace(tensor[0], `\\u${tensor.charCodeAt().toString(16).padStart(4, '0')}`)}}`,
        'the metadata': `${text.slice(0, -1)},"__metadata__":${JSON.stringify(header.__metadata__)}}`,
        'a key of the metadata': text.replace('"__metadata__":{', `"__metadata__":{"${first}":"other",`),
        'a field of a tensor': text.replace('"dtype"', '"dtype":"U8","dtype"'),
      };
      Class.from_safetensors(assemble(text, data));
      for (const [what, bad] of Object.entries(twice)) {
        assert.throws(() => Class.from_safetensors(assemble(bad, data)), { name: 'RangeError', message: /^bytes: .*twice/ }, what);
      }
    });
  });
}
