// Simulated users, who like the items of some modules of the catalogue, and the ways in which they come to rate items.

/** Whether a user likes each item, who has so many modules in mind, drawn with `random`. */
export function drawTaste(items, count, random) {
  const modules = new Set(shuffled([...new Set(items.map(({ module }) => module))], random).slice(0, count));
  return items.map(({ module }) => modules.has(module));
}

const SHOWN = 8; // of the top
const OTHERS = 2; // random ones beside them

/**
 * Ways to rate by name: each draws the next items to rate, at least one, of those that are not `seen`. `likes` says what the user likes,
 * `scores` are the contender's own.
 */
export const WAYS = {
  'random items': ({ unseen, random }) => [unseen[Math.floor(random() * unseen.length)]],
  'half of them likes': ({ unseen, likes, random }) => {
    const wanted = random() < 0.5;
    const some = unseen.filter((item) => likes[item] === wanted);
    const from = some.length > 0 ? some : unseen;
    return [from[Math.floor(random() * from.length)]];
  },
  'what is shown': ({ unseen, scores, random }) => {
    const drawn = new Map(unseen.map((item) => [item, random()])); // equal scores: in random order
    const order = [...unseen].sort((a, b) => scores[b] - scores[a] || drawn.get(a) - drawn.get(b));
    return [...order.slice(0, SHOWN), ...shuffled(order.slice(SHOWN), random).slice(0, OTHERS)];
  },
};

function shuffled(items, random) {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
