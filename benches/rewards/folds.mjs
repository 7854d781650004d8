// Folds: which examples are left out together. Everything with one label stays in one fold.

/** The items in an order drawn with `random`, which returns numbers in [0, 1). */
export function shuffled(items, random) {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/**
 * `count` folds `{ train, test }` over the examples `indices`; `labels[i]` is the label of example i. The test parts are
 * disjoint, cover all the indices, and share no label with their training part.
 */
export function foldsByLabel(indices, labels, count, random) {
  const distinct = shuffled(new Set(indices.map((i) => labels[i])), random);
  if (distinct.length < count) throw new Error(`${count} folds need as many labels, there are ${distinct.length}`);
  const foldOf = new Map(distinct.map((label, position) => [label, position % count]));
  return Array.from({ length: count }, (_, fold) => ({
    train: indices.filter((i) => foldOf.get(labels[i]) !== fold),
    test: indices.filter((i) => foldOf.get(labels[i]) === fold),
  }));
}
