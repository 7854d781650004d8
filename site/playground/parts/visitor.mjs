// A visitor's ratings, and two rankings that follow from them: the adapter's and that of the mean of what was liked.
import { Rocchio, rank } from '../../../examples/personalisation/ranking.mjs';
import { Taste } from '../../../examples/personalisation/taste.mjs';

export class Visitor {
  constructor({ inputs, embeddings }) {
    this.taste = new Taste(inputs);
    this.mean = new Rocchio(embeddings, 0);
    this.ratings = [];
  }

  /** Two clicks before the list has changed are one rating. */
  rate(item, likes) {
    if (this.ratings.some((rating) => rating.item === item)) return;
    this.taste.rate(item, likes);
    this.mean.rate(item, likes);
    this.ratings.push({ item, likes });
  }

  /** Each ranking has the best items that are not rated, with their scores; `milliseconds` is what it took to score all of them. */
  ranking(shown = 10) {
    const started = performance.now();
    const expected = this.taste.scores();
    const milliseconds = performance.now() - started;
    const seen = new Set(this.ratings.map(({ item }) => item));
    const top = (scores) => rank(scores, seen).slice(0, shown).map((item) => ({ item, score: scores[item], expected: expected[item] }));
    return { adapter: top(expected), mean: top(this.mean.scores()), ratings: [...this.ratings], milliseconds };
  }

  free() {
    this.taste.free();
  }
}
