// The settings that `--tune` draws from.

const cross = (...lists) => lists.reduce((all, list) => all.flatMap((head) => list.map((value) => [...head, value])), [[]]);

const EXPLORATION = {
  squarecb: cross([1000, 3000, 10000, 30000, 100000], [0.25, 0.5, 1]).map(
    ([scale, exponent]) => `--squarecb --gamma_scale ${scale} --gamma_exponent ${exponent}`,
  ),
  epsilon: cross([0, 0.0003, 0.001, 0.003], ['mtr', 'dr'], ['', ' --first_only']).map(
    ([epsilon, type, ties]) => `--epsilon ${epsilon} --cb_type ${type}${ties}`,
  ),
  softmax: cross([30, 100, 300, 1000], ['mtr', 'dr']).map(([lambda, type]) => `--softmax --lambda ${lambda} --epsilon 0 --cb_type ${type}`),
  cover: cross([0.01, 0.1], ['mtr', 'dr']).map(([psi, type]) => `--cover 2 --psi ${psi} --nounif --first_only --cb_type ${type}`),
  regcb: cross(['regcb', 'regcbopt'], [0.0001, 0.001, 0.01, 0.1]).map(
    ([kind, mellowness]) => `--${kind} --mellowness ${mellowness} --cb_min_cost -3 --cb_max_cost 3`,
  ),
  bag: ['', ' --greedify'].map((greedify) => `--bag 2${greedify} --epsilon 0`),
  rnd: [0.01, 0.1].map((alpha) => `--rnd 1 --rnd_alpha ${alpha} --epsilon 0`),
};

const LEARNING = {
  default: cross([0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10], [0, 0.25, 0.5]).map(([rate, power]) => `-l ${rate} --power_t ${power}`),
  adaptive: [0.1, 0.25, 0.5, 1].map((rate) => `--adaptive -l ${rate}`),
  sgd: cross([0.02, 0.1, 0.25, 0.5], [0, 0.25]).map(([rate, power]) => `--sgd -l ${rate} --power_t ${power}`),
  ftrl: cross([0.05, 0.5, 2], [0.1, 1]).map(([alpha, beta]) => `--ftrl --ftrl_alpha ${alpha} --ftrl_beta ${beta}`),
};

/** How an action meets the namespaces `of` the shared features: `pooled` ones also have weights that all actions share. */
const FORMS = [
  () => ({ actions: null, args: '' }),
  ...cross(['all', 'changes'], [true, false], ['', ' --noconstant']).map(([actions, pooled, constant]) => (of) => ({
    actions,
    args: `${[...of].map((name) => `-q ${name}a `).join('')}${pooled ? '' : `--ignore_linear ${of}`}${constant}`,
  })),
];

const COSTS = {
  log: { clip: [0.5, 1, 2, 5], power: [0, 0, 0.5] },
  improvement: { clip: [1, 2, 5], power: [0, 0, 0.5] },
  seconds: { clip: [1, 2, 5], scale: [1, 5, 20] },
  'log seconds': { clip: [2, 5], scale: [0.1, 1] },
};
const TARGETS = [1, 1, 0.97, 0.9];

const FEATURES = { centred: [true, true, false], scale: [1, 1, 3], baseline: [0, 0, 0.1, 0.3] };
const IDENTITY = { identity: [0.3, 1, 3], embedding: [true, false] };

/** `draw(identity)` gives a setting of `policy.py`, `identity` one that knows the query; `random` gives numbers in [0, 1). */
export function drawerFrom(random) {
  const pick = (values) => values[Math.floor(random() * values.length)];
  const pickEach = (lists) => Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, pick(values)]));
  /** Every other time of the kind that first experiments favoured. */
  const pickArgs = (kinds, favoured) => pick(random() < 0.5 ? favoured : pick(Object.values(kinds)));
  return (identity) => {
    const kind = pick(Object.keys(COSTS));
    const features = { ...pickEach(FEATURES), ...(identity ? pickEach(IDENTITY) : {}) };
    const of = `${features.embedding === false ? '' : 'e'}${features.baseline ? 'b' : ''}${identity ? 'i' : ''}`;
    const { actions, args } = pick(FORMS)(of);
    return {
      args: `${pickArgs(EXPLORATION, EXPLORATION.squarecb)} ${pickArgs(LEARNING, LEARNING.default)} ${args}`.trim().replace(/ +/g, ' '),
      actions,
      propensity: pick([true, false]),
      cost: { kind, ...pickEach(COSTS[kind]), target: pick(TARGETS) },
      features,
    };
  };
}
