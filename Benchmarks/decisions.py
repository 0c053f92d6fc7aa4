#!/usr/bin/env python3
"""Times learning from logs of decisions next to Vowpal Wabbit, and off-policy estimates next to Open Bandit Pipeline.

    python3 Benchmarks/decisions.py --heed .build/release/heed --bench .build/release/decision-bench [--python PYTHON] [--json]

Needs Python 3.11 or later. The packages vowpalwabbit and obp are looked for in this Python and in those that --python names; a
peer that is not there is left out with a word. The Open Bandit logs are looked for in $HEED_DATA, or in ../shared/data
beside the repository. What is compared, and what the figures were, is in docs/benchmarks-decisions.md.
"""

import argparse
import json
import math
import os
import platform
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.

from running import Run, Series

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ROWS, ACTIONS, FEATURES = 100_000, 10, 20


def write_log(path, seed=5):
    """A VW log of clicks that depend on the features by a logistic rule, decided by a softmax that knows a little of it."""
    draw = random.Random(seed)
    weights = [[draw.gauss(0, 1) for _ in range(FEATURES)] for _ in range(ACTIONS)]
    with open(path, "w") as file:
        for _ in range(ROWS):
            x = [draw.gauss(0, 1) for _ in range(FEATURES)]
            scores = [0.35 * sum(a * b for a, b in zip(w, x)) for w in weights]
            raw = [math.exp(0.5 * s) for s in scores]
            total = sum(raw)
            chances = [0.7 * r / total + 0.03 for r in raw]
            action = draw.choices(range(ACTIONS), chances)[0]
            click = draw.random() < 1 / (1 + math.exp(1 - scores[action]))
            features = " ".join(f"f{j}:{v:.3f}" for j, v in enumerate(x))
            file.write(f"{action + 1}:{-int(click)}:{chances[action]:.4f} | {features}\n")


def python_with(package, given):
    """The first Python that can import a package."""
    for python in dict.fromkeys([*given, sys.executable]):
        try:
            found = subprocess.run([python, "-c", f"import importlib.util as u; exit(not u.find_spec('{package}'))"])
        except OSError:
            continue
        if found.returncode == 0:
            return python
    return None


def ask(command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with code {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, Path(folder)
        self.rows, self.notes, self.missed = [], [], []

    def row(self, work, heed, peer=None, ratio=None, goal=None, met=None):
        self.rows.append({"work": work, "heed": heed, "peer": peer, "ratio": ratio, "goal": goal, "met": met})
        if met is False:
            self.missed.append(work)

    def learning(self):
        log = self.folder / "log.vw"
        write_log(log)
        size = log.stat().st_size / 1e6
        command = [self.options.heed, "simulate", log, "--policy", "squarecb", "--mode", "progressive", "--runs", "1", "--json"]
        python = python_with("vowpalwabbit", self.options.python)
        ours, theirs, reward, peer = Series(), {}, None, {}
        for _ in range(self.options.repeats):
            run = Run(command, self.folder / "out")
            ours.add(run.seconds, run.cpu)
            reward = run.json()["policies"][0]["value"]
            if python:
                for name, extra in (("--cb_explore 10", []), ("--cb_explore 10 --squarecb", ["--squarecb"])):
                    answer = ask([python, HERE / "vw_peer.py", log, *extra])
                    theirs.setdefault(name, Series()).seconds += answer["seconds"][:3]
                    peer[name] = answer
        work = f"learn from a VW log of {ROWS:,} decisions, {ACTIONS} actions, {FEATURES} features ({size:.0f} MB)"
        self.row(f"{work}: heed simulate --policy squarecb, whole process", f"{ours.median:.3f} s")
        if not python:
            self.notes.append("Vowpal Wabbit was not measured: there is no package vowpalwabbit.")
        for name, series in theirs.items():
            ratio = ours.median / series.median
            first = name == "--cb_explore 10"
            self.row(f"against Vowpal Wabbit {peer[name]['version']} {name}, in its process", "", f"{series.median:.3f} s", ratio,
                     "at most 0.5" if first else None, ratio <= 0.5 if first else None)
            self.row("progressive reward of the two", f"{reward:.4f}", f"{peer[name]['reward']:.4f}", None,
                     "at least as high" if first else None, reward >= peer[name]["reward"] if first else None)

    def deciding(self):
        found = ask([self.options.bench, "linear"])
        for name, nanoseconds in found.items():
            self.row(f"one decision and its outcome, {name}, 20 features, 10 arms", f"{nanoseconds / 1000:.2f} µs", None, None,
                     "under 2 µs" if name == "linucb" else None, nanoseconds < 2000 if name == "linucb" else None)

    def estimating(self):
        data = Path(os.environ.get("HEED_DATA", ROOT.parent / "shared" / "data")) / "open_bandit_sample"
        if not data.is_dir():
            self.notes.append(f"Off-policy estimates were not compared: there is no {data}.")
            return
        python = python_with("obp", self.options.python)
        ours = ask([self.options.bench, "estimates", data])
        if not python:
            self.notes.append("Open Bandit Pipeline was not measured: there is no package obp.")
            return
        peer = ask([python, HERE / "off_policy_peer.py", data])
        gap, own, other, count = 0.0, 0.0, 0.0, 0
        for log in ("bts", "random"):
            for policy, estimates in peer[log].items():
                for name, estimate in estimates.items():
                    mine = ours[log][policy][name]
                    gap = max(gap, abs(mine["value"] - estimate["value"]))
                    own += mine["seconds"]
                    other += estimate["seconds"]
                    count += 1
        self.row(f"{count} off-policy estimates from the Open Bandit logs (10,000 rows, 34 items)", f"{own * 1000:.2f} ms",
                 f"{other * 1000:.1f} ms (obp {peer['obp']})", own / other, "at most 0.1", own / other <= 0.1)
        self.row("largest difference between the estimates", f"{gap:.1e}", None, None, "1e-9", gap <= 1e-9)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--heed", default=ROOT / ".build/release/heed")
    parser.add_argument("--bench", default=ROOT / ".build/release/decision-bench")
    parser.add_argument("--python", action="append", default=[], help="a Python with the peers; may be repeated")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true", help="end with code 1 where a goal is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, folder)
        bench.learning()
        bench.deciding()
        bench.estimating()
    if options.json:
        print(json.dumps({"machine": platform.platform(), "cores": os.cpu_count(), "rows": bench.rows, "notes": bench.notes}, indent=1))
    else:
        for row in bench.rows:
            ratio = "" if row["ratio"] is None else f"  ratio {row['ratio']:.2f}"
            goal = "" if row["goal"] is None else f"  goal {row['goal']}: {'met' if row['met'] else 'MISSED'}"
            peer = f"  peer {row['peer']}" if row["peer"] else ""
            print(f"{row['work']}: {row['heed']}{peer}{ratio}{goal}")
        for note in bench.notes:
            print(note)
    return 1 if options.strict and bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
