// Simulated users: the few likes that are known of each, and what they want to find.

export const familyOf = (name) => Number.parseInt(name, 10);

const LIKES = 5; // known of a user with a property in mind
const SLOW_MS = 1000;

/**
 * Kinds of users by name: functions that draw `{ likes, wanted }` from a generator of numbers in [0, 1). Those with families in
 * mind like one query of each and want the others; those with a property in mind like some that have it and want the rest.
 */
export function kindsOfUsers(queries) {
  const families = new Map();
  for (const { index, name } of queries) families.set(familyOf(name), [...(families.get(familyOf(name)) ?? []), index]);

  const ofFamilies = (count) => (random) => {
    const chosen = shuffled(families.values(), random).slice(0, count).map((family) => shuffled(family, random));
    return { likes: chosen.map(([like]) => like), wanted: new Set(chosen.flatMap(([, ...rest]) => rest)) };
  };
  const having = (property) => (random) => {
    const items = shuffled(queries.filter(property).map(({ index }) => index), random);
    return { likes: items.slice(0, LIKES), wanted: new Set(items.slice(LIKES)) };
  };
  return new Map([
    ['1 family', ofFamilies(1)],
    ['3 families', ofFamilies(3)],
    ['6 families', ofFamilies(6)],
    ['slower than 1 s', having(({ runtimesMs }) => runtimesMs[0] > SLOW_MS)],
    ['hints double speed', having(({ runtimesMs }) => runtimesMs[0] >= 2 * Math.min(...runtimesMs))],
  ]);
}

function shuffled(items, random) {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
