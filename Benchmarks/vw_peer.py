"""Vowpal Wabbit on a contextual-bandit log, as JSON: the seconds to read and learn, and its progressive reward.

    python vw_peer.py LOG [OPTION…]

The seconds are those of the library alone, from opening the log to its end, without starting Python. The progressive reward is
the mean of π(a|x) r / p with the probabilities π that it printed before learning from each line; that run is not timed.
Needs the package vowpalwabbit.
"""

import contextlib
import json
import os
import sys
import tempfile
import time

import vowpalwabbit


def learn(log, options, predictions=None):
    arguments = f"--cb_explore 10 -d {log} --quiet {' '.join(options)}"
    if predictions:
        arguments += f" -p {predictions}"
    start = time.perf_counter()
    workspace = vowpalwabbit.Workspace(arguments)
    workspace.finish()
    return time.perf_counter() - start


def main(log, options):
    seconds = sorted(learn(log, options) for _ in range(5))
    with tempfile.TemporaryDirectory() as folder:
        predictions = os.path.join(folder, "p")
        learn(log, options, predictions)
        total, rows = 0.0, 0
        with open(log) as lines, open(predictions) as printed:
            # A blank line follows each line of probabilities.
            for line, chances in zip(lines, (text for text in printed if text.strip())):
                action, cost, propensity = line.split(" ", 1)[0].split(":")
                policy = {a: float(p) for a, p in (pair.split(":") for pair in chances.split()[0].split(","))}
                action = str(int(action) - 1) if "0" in policy else action
                total += -float(cost) * policy[action] / float(propensity)
                rows += 1
    version = getattr(vowpalwabbit, "__version__", "?")
    print(json.dumps({"seconds": seconds, "reward": total / rows, "version": version}))


if __name__ == "__main__":
    with contextlib.redirect_stderr(sys.stderr):
        main(sys.argv[1], sys.argv[2:])
