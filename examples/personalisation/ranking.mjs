// Rankings: by scores, by what one would do without an adapter, and what they are worth.

/** The items that are not in `seen`, best first; equal scores keep the order of the catalogue. */
export function rank(scores, seen) {
  return [...scores.keys()].filter((item) => !seen.has(item)).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** Rocchio: cosine to the mean of the likes. */
export function meanOfLikes(items, likes) {
  const profile = items[0].map((_, j) => likes.reduce((sum, like) => sum + items[like][j], 0) / likes.length);
  return items.map((item) => cosine(item, profile));
}

/** Cosine to the like that is closest: keeps every liked embedding and compares with each of them. */
export function nearestLike(items, likes) {
  return items.map((item) => Math.max(...likes.map((like) => cosine(item, items[like]))));
}

/** The mean, over the wanted items, of the share of wanted ones among what is ranked no lower; 1 if all are on top. */
export function averagePrecision(ranking, wanted) {
  let [found, sum] = [0, 0];
  ranking.forEach((item, position) => {
    if (!wanted.has(item)) return;
    found += 1;
    sum += found / (position + 1);
  });
  return sum / found;
}

function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}
