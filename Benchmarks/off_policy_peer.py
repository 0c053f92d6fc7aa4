"""Open Bandit Pipeline's estimates on the two logs of a folder, as JSON: what each policy would have earned, and the seconds.

    python off_policy_peer.py FOLDER

The folder holds bts_men.csv and random_men.csv, gzipped or not. Each log values two policies: the uniform one, and one that
shows items in proportion to 1 + their clicks in the other log. Positions are ignored; the predicted reward of row i and item a
is 0.002 + 0.0001·((i + 3a) mod 17). Needs numpy and obp (0.4.1 or later; what it lacks is left out); its optional packages
are not needed, since nothing of them is called.
"""

import csv
import gzip
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import time
import types
import warnings


class Anything(type):
    """A class whose attributes are such classes: enough for annotations and base classes."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})


class Absent(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})


class Absentees(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for packages that obp imports and these estimators never call."""

    names = [name for name in ("torch", "matplotlib", "seaborn", "mypy_extensions")
             if importlib.util.find_spec(name) is None]

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Absent(spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.append(Absentees())
warnings.filterwarnings("ignore")

import numpy as np
import obp
from obp import ope


def read(folder, name):
    """The items, clicks and propensities of a log."""
    path = os.path.join(folder, name + ".csv")
    opened = open(path, newline="") if os.path.exists(path) else gzip.open(path + ".gz", "rt", newline="")
    with opened as file:
        rows = list(csv.DictReader(file))
    return (
        np.array([int(row["item_id"]) for row in rows]),
        np.array([float(row["click"]) for row in rows]),
        np.array([float(row["propensity_score"]) for row in rows]),
    )


def estimators():
    """Each estimator under the id of `heed ope`, with its setting."""
    found = {
        "dm": ope.DirectMethod(),
        "ips": ope.InverseProbabilityWeighting(),
        "snips": ope.SelfNormalizedInverseProbabilityWeighting(),
        "dr": ope.DoublyRobust(),
        "sndr": ope.SelfNormalizedDoublyRobust(),
        "dros": ope.DoublyRobustWithShrinkage(lambda_=100.0),
    }
    if hasattr(ope, "SubGaussianDoublyRobust"):
        found |= {
            "clipped-ips": ope.InverseProbabilityWeighting(lambda_=100.0),
            "switch-dr": ope.SwitchDoublyRobust(lambda_=10.0),
            "sg-ips": ope.SubGaussianInverseProbabilityWeighting(lambda_=0.01),
            "sg-dr": ope.SubGaussianDoublyRobust(lambda_=0.01),
        }
    else:
        found["switch-dr"] = ope.SwitchDoublyRobust(tau=10.0)
    return found


def value(log, target, repeats=20):
    """What each estimator says, and the least seconds of a few runs."""
    action, reward, propensity = log
    rows, items = target.shape
    i, a = np.arange(rows)[:, None], np.arange(items)[None, :]
    given = {
        "action": action,
        "reward": reward,
        "pscore": propensity,
        "action_dist": target[:, :, None],
        "estimated_rewards_by_reg_model": (0.002 + 0.0001 * ((i + 3 * a) % 17))[:, :, None],
        "position": np.zeros(rows, dtype=int),
    }
    answers = {}
    for name, estimator in estimators().items():
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            estimate = estimator.estimate_policy_value(**given)
            seconds.append(time.perf_counter() - start)
        answers[name] = {"value": float(estimate), "seconds": min(seconds)}
    return answers


def main(folder):
    logs = {name: read(folder, name + "_men") for name in ("bts", "random")}
    items = 1 + max(int(log[0].max()) for log in logs.values())
    answers = {"obp": obp.__version__}
    for name, other in (("bts", "random"), ("random", "bts")):
        rows = len(logs[name][0])
        popular = 1 + np.bincount(logs[other][0], weights=logs[other][1], minlength=items)
        policies = {"uniform": np.full(items, 1 / items), "popular": popular / popular.sum()}
        answers[name] = {
            policy: value(logs[name], np.tile(chances, (rows, 1))) for policy, chances in policies.items()}
    print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
