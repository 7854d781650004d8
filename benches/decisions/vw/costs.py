"""What Vowpal Wabbit is to minimise: a number made of the baseline's time, which is known, and of the one measured."""

import math


def cost_function(kind, clip, target=1.0, scale=1.0, power=0.0):
    """A function of the baseline's and the measured milliseconds.

    A time of `target` times the baseline's costs 0, which is also what an untaught model predicts: below 1, a choice has to
    be that much faster than the baseline to be preferred to one that was never tried. `scale` is in seconds.
    """

    def seconds(baseline, time):
        return (time - target * baseline) / scale

    def cost(baseline_ms, ms):
        baseline, time = baseline_ms / 1000, ms / 1000
        match kind:
            case "log":
                value = math.log(time / (target * baseline))
            case "seconds":
                value = seconds(baseline, time)
            case "log seconds":
                difference = seconds(baseline, time)
                value = math.copysign(math.log1p(abs(difference)), difference)
            case "improvement":
                value = 1 / target - baseline / time
            case _:
                raise ValueError(f"no such cost: {kind}")
        return max(-clip, min(clip, value)) * baseline**power

    return cost
