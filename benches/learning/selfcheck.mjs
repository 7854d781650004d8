// The benchmark's own arithmetic, before anything is measured: [what, a function that throws if it does not hold].
import { LEARNER_CHECKS } from './selfcheck_learners.mjs';
import { LOSS_CHECKS } from './selfcheck_loss.mjs';

export const SELF_CHECKS = [...LOSS_CHECKS, ...LEARNER_CHECKS];
