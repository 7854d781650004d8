"""A contextual bandit of Vowpal Wabbit that picks one of a workload's types for each query."""

import math
import random

from vowpalwabbit import Workspace

from costs import cost_function
from features import Features

DEFAULT = 0  # the type that gives the baseline


class Policy:
    """`setting`, beside `cost` and `features` (see there):

    args: VW's own, of exploration and learning.
    actions: None for --cb_explore, where the number of the action is combined with every feature; else for --cb_explore_adf,
        where the namespace `a` of an action holds its number, and `args` say what it is combined with: "all", or "changes" to
        leave it out of the default's, which then has no weights of its own.
    propensity: False to teach every cost as if its action had been certain, that is, without importance weights.
    """

    def __init__(self, workload, setting, seed):
        self.adf = setting["actions"] is not None
        self.propensity = setting["propensity"]
        self.cost = cost_function(**setting["cost"])
        self.features = Features(workload["embeddings"], **setting["features"])
        self.random = random.Random(seed)
        self.actions = [f"|a {k}" for k in range(workload["types"])]
        if setting["actions"] == "changes":
            self.actions[DEFAULT] = "|"
        # VW would predict once more in every lesson, which changes nothing.
        form = "--cb_explore_adf --no_predict" if self.adf else f"--cb_explore {workload['types']}"
        self.operators = len({operator for _, _, operator, _ in workload["steps"]}) > 1
        crossed = self._across_operators() if self.operators else ""
        self.vw = Workspace(f"{form} {setting['args']} {crossed} --random_seed {seed} --quiet")

    def _across_operators(self):
        """What an operator adds to an action, by itself, and to the weight of the embedding."""
        return "-q oa --interactions eoa" if self.adf else "-q eo"

    def choose(self, index, operator, baseline_ms):
        self.baseline_ms = baseline_ms
        self.shared = self.features.text(index, operator, baseline_ms) + (f" |o {operator}" if self.operators else "")
        if self.adf:
            self.examples = self.vw.parse([f"shared {self.shared}", *self.actions])
        self.probabilities = self.vw.predict(self.examples if self.adf else self.shared)
        if not 0 < sum(self.probabilities) < math.inf:
            raise RuntimeError("the weights have diverged")
        [self.action] = self.random.choices(range(len(self.actions)), self.probabilities)
        return self.action

    def learn(self, ms):
        cost = self.cost(self.baseline_ms, ms)
        probability = self.probabilities[self.action] / sum(self.probabilities) if self.propensity else 1
        label = f"{cost:.6g}:{probability:.6g}"
        if self.adf:
            self.examples[1 + self.action].set_label_string(f"0:{label}")
            self.vw.learn(self.examples)
            self.vw.finish_example(self.examples)
        else:  # an example of this form cannot be taught once it has been used for a prediction
            self.vw.learn(f"{1 + self.action}:{label} {self.shared}")

    def close(self):
        self.vw.finish()
