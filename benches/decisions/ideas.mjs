// What was tried: the model without each of its parts, with other constants, and with ideas that did not make it.

import { model } from './contenders.mjs';
import { gaussianProcess } from './gaussian_process.mjs';
import { sampling, untried, valueOfInformation } from './rules.mjs';
import { SHIPPED } from './settings.mjs';

/** One constant changed in each of some groups. */
const changed = (groups, change) => model(Object.fromEntries(groups.map((group) => [group, { ...SHIPPED[group], ...change }])));
const within = (group, change) => changed([group], change);
const fixedCorrelation = (value) => within('correlation', { least: value, most: value });

/** Contenders by title, in groups. */
export const IDEAS = {
  'without a part': {
    'no slope': model({ useSlope: false }),
    'no context effect': model({ useContext: false }),
    'no local residual': model({ useResidual: false }),
    'repeated runs not merged': model({ merge: false }),
    'variance common to all types': within('typeVariance', { strength: Infinity }),
    'hope not by stakes': within('stakes', { share: 0 }),
    'no impatience': within('impatience', { share: 0 }),
    'impatience by what is nearby only': within('impatience', { elsewhere: 0 }),
    'neither stakes nor impatience': changed(['stakes', 'impatience'], { share: 0 }),
    'operators kept apart': model({ related: 1e-9, kin: [1, 0, 0] }),
    'operators all alike': model({ related: 1e9, kin: [1, 1, 1] }),
    'likeness not by operator': model({ kin: [1, 1, 1] }),
  },
  'intra-class correlation fixed instead of estimated': Object.fromEntries(
    [0.1, 0.3, 0.5, 0.7].map((value) => [`${value}`, fixedCorrelation(value)]),
  ),
  'what is sampled': {
    nothing: changed(['slope', 'grandMean'], { draw: 0 }),
    'grand mean with all of its variance': within('grandMean', { draw: 1 }),
    'grand mean with twice its variance': within('grandMean', { draw: 2 }),
    'slope only': within('grandMean', { draw: 0 }),
    'grand mean only': within('slope', { draw: 0 }),
    'all of their posterior variance': changed(['slope', 'grandMean'], { draw: 1 }),
    'type means, too, variance 0.1': within('typeMean', { draw: 0.1 }),
    'type means, too, variance 0.5': within('typeMean', { draw: 0.5 }),
  },
  'rule of the choice': {
    'no penalty on variance': model({ risk: 0 }),
    'ties to the smallest type': model({}, { ranks: (types) => types.map(() => 0) }),
    'half the penalty on variance': model({ risk: 0.25 }),
    'twice the penalty': model({ risk: 1 }),
    'gains drawn, a third of the deviation': model({}, { rule: sampling(0.3) }),
    'gains drawn': model({}, { rule: sampling(1) }),
    'value of information, 3 more runs': model({}, { rule: valueOfInformation(3) }),
    'value of information, 10 more runs': model({}, { rule: valueOfInformation(10) }),
    '0.4 standard deviations': model({ explore: 0.4 }),
    '1.2 standard deviations': model({ explore: 1.2 }),
    '1.6 standard deviations': model({ explore: 1.6 }),
    'penalty on untried types': model({}, { rule: untried({ penalty: 0.5 }) }),
    'bonus for untried types': model({}, { rule: untried({ bonus: 0.3 }) }),
  },
  'variance by type': {
    'prior of 1 cell': within('typeVariance', { strength: 1 }),
    'prior of 20 cells': within('typeVariance', { strength: 20 }),
  },
  hope: {
    'stakes 0.1': within('stakes', { share: 0.1 }),
    'stakes 0.4': within('stakes', { share: 0.4 }),
    'impatience 0.1': within('impatience', { share: 0.1 }),
    'impatience 0.4': within('impatience', { share: 0.4 }),
  },
  'covariance of the types learned (Gaussian process)': {
    'prior of 10 pairs, 0.2 of the deviation': model({}, { posteriorOf: gaussianProcess({ strength: 10, scale: 0.2 }) }),
    'prior of 10 pairs, 0.5 of the deviation': model({}, { posteriorOf: gaussianProcess({ strength: 10, scale: 0.5 }) }),
    'prior of 100 pairs, 0.2 of the deviation': model({}, { posteriorOf: gaussianProcess({ strength: 100, scale: 0.2 }) }),
  },
  memory: {
    'the last 1000 runs': model({ capacity: 1000 }),
    'the last 500 runs': model({ capacity: 500 }),
    'fading, 0.3 per 1000 runs': model({ drift: 0.3 }),
    'fading, 1 per 1000 runs': model({ drift: 1 }),
    'a new run counts alone': model({ newest: 1 }),
    'a new run counts half': model({ newest: 0.5 }),
    'all runs count alike': model({ newest: 0 }),
  },
  kernel: {
    'bandwidth 0.03': model({ bandwidth: 0.03 }),
    'bandwidth 0.08': model({ bandwidth: 0.08 }),
    'exponential, bandwidth 0.03': model({ kernel: 'exponential', bandwidth: 0.03 }),
    'exponential, bandwidth 0.05': model({ kernel: 'exponential', bandwidth: 0.05 }),
  },
  priors: {
    'grand mean 0': within('grandMean', { mean: 0 }),
    'grand mean −1': within('grandMean', { mean: -1 }),
    'type means freer': within('typeMean', { strength: 1 }),
    'type means tighter': within('typeMean', { strength: 8 }),
    'slope 0': within('slope', { mean: 0 }),
    'slope 0.2': within('slope', { mean: 0.2 }),
    'slope freer': within('slope', { strength: 10 }),
    'slope tighter': within('slope', { strength: 100 }),
  },
};
