// Settings of `policy.py`.

/** What `--tune` chose on the odd half of the query families. */
export const TUNED = {
  name: 'Vowpal Wabbit',
  setting: {
    args: '--cover 2 --psi 0.01 --nounif --first_only --cb_type dr --ftrl --ftrl_alpha 0.05 --ftrl_beta 0.1 -q ea --ignore_linear e',
    actions: 'all',
    propensity: false,
    cost: { kind: 'log seconds', clip: 5, scale: 1, target: 0.9 },
    features: { centred: true, scale: 1, baseline: 0 },
  },
};

/** The same and a feature that only the query has; better on the odd half than all that `--tune` draws with one. */
export const TUNED_WITH_IDENTITY = {
  name: 'Vowpal Wabbit that knows the query',
  setting: {
    ...TUNED.setting,
    args: `${TUNED.setting.args}i -q ia`,
    features: { ...TUNED.setting.features, identity: 0.3 },
  },
};
