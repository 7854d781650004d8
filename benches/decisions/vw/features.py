"""What Vowpal Wabbit sees of a step: its embedding and what else the policy knows before it decides, as VW's text format."""

import math


class Features:
    """Text for the shared features of a step.

    `centred`: less the mean of the embeddings met so far, then of length 1. The features of an embedding stay those of its
    first appearance, or weights would be learned for features that are gone. `scale`: length of the embedding. `baseline`:
    factor of the logarithm of the baseline's time, 0 leaves it out. `identity`: value of a feature that only this embedding
    has, 0 leaves it out. `embedding`: False leaves the embedding out.
    """

    def __init__(self, embeddings, centred=False, scale=1, baseline=0, identity=0, embedding=True):
        self.embeddings = embeddings
        self.centred = centred
        self.scale = scale
        self.baseline = baseline
        self.identity = identity
        self.embedding = embedding
        self.sum = [0.0] * len(embeddings[0])
        self.known = {}  # embedding: its number and text, for equal ones may have several indices
        self.by_index = {}

    def text(self, index, operator, baseline_ms):
        number, text = self._of(index)
        if self.baseline:
            text += f" |b baseline:{self.baseline * math.log10(baseline_ms):.6g}"
        if self.identity:
            text += f" |i {number}_{operator}:{self.identity}"
        return text

    def _of(self, index):
        if index not in self.by_index:
            embedding = tuple(self.embeddings[index])
            if embedding not in self.known:
                self.known[embedding] = (len(self.known), self._embedding_text(embedding))
            self.by_index[index] = self.known[embedding]
        return self.by_index[index]

    def _embedding_text(self, embedding):
        if not self.embedding:
            return ""
        if self.centred:
            self.sum = [total + value for total, value in zip(self.sum, embedding)]
            met = len(self.known) + 1
            embedding = [value - total / met for value, total in zip(embedding, self.sum)]
        length = math.hypot(*embedding) or 1  # the first one, centred, is 0
        return "|e " + " ".join(f"{j}:{self.scale * value / length:.6g}" for j, value in enumerate(embedding))
