// The worker of the panel Rank: the catalogue, taste and ranking are those of examples/personalisation.
import init from 'ruvector-learning-wasm';

import numbersUrl from '../../../examples/personalisation/data/embeddings.f32?url';
import itemsUrl from '../../../examples/personalisation/data/items.json?url';
import { catalogue } from '../../../examples/personalisation/catalogue.mjs';
import { answer } from '../parts/remote.mjs';
import { Visitor } from '../parts/visitor.mjs';

const load = async (url, kind) => (await fetch(url))[kind]();

answer(async () => {
  const [items, numbers] = await Promise.all([load(itemsUrl, 'json'), load(numbersUrl, 'arrayBuffer'), init()]);
  const data = catalogue(items, numbers);
  let visitor = new Visitor(data);
  return {
    items: () => items.map(({ name, text }) => ({ name, text: text.slice(0, 160) })),
    ranking: () => visitor.ranking(),
    rate(item, likes) {
      visitor.rate(item, likes);
      return visitor.ranking();
    },
    clear() {
      visitor.free();
      visitor = new Visitor(data);
      return visitor.ranking();
    },
  };
});
