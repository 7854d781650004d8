"""Replays workloads with Vowpal Wabbit: python vw.py JOBS

JOBS is a file of JSON, [{"workload": file, "setting": see policy.py, "seeds": [numbers]}, ...]. Prints a line of JSON for each,
the seconds of every pass for every seed, or {"error": words} where VW refuses the setting or diverges.
"""

import functools
import json
import math
import random
import sys

from policy import DEFAULT, Policy


@functools.cache
def read(file):
    with open(file) as text:
        return json.load(text)


def replay(workload, setting, seed):
    """Seconds of every pass. The policy sees measured times, with the workload's noise; what counts are those without."""
    noise, normal = workload.get("noise", 0), random.Random(seed)
    policy = Policy(workload, setting, seed)
    seconds = [0.0] * workload["passes"]
    for number, index, operator, row_index in workload["steps"]:
        row = workload["rows"][row_index]
        action = policy.choose(index, operator, row[DEFAULT])
        seconds[number] += row[action] / 1000
        policy.learn(row[action] if action == DEFAULT else row[action] * math.exp(noise * normal.gauss(0, 1)))
    policy.close()
    return seconds


def result(job):
    try:
        return [replay(read(job["workload"]), job["setting"], seed) for seed in job["seeds"]]
    except RuntimeError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    for job in read(sys.argv[1]):
        print(json.dumps(result(job)), flush=True)
