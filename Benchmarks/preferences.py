#!/usr/bin/env python3
"""Times Heed's reward models next to scikit-learn and PyTorch: the same data and work, in turn, in one run.

    python3 Benchmarks/preferences.py --bench .build/release/preference-bench [--quick] [--json] [--python PYTHON]

The peers are looked for in this Python and in those that --python names; what is not there is not timed.
What is compared, and what the figures were, is in docs/benchmarks-preferences.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.

PEER = Path(__file__).resolve().parent / "preference_peer.py"


def peers(given):
    """The Pythons that have numpy, with what they have of the two peers."""
    found = []
    for python in dict.fromkeys([*given, sys.executable]):
        ask = [python, "-c", (
            "import importlib.util as u, numpy, json\n"
            "print(json.dumps([n for n in ('sklearn', 'torch') if u.find_spec(n)]))")]
        done = subprocess.run(ask, capture_output=True, text=True)
        if done.returncode == 0:
            found.append((python, json.loads(done.stdout)))
    return found


def answer(command, threads):
    environment = dict(
        os.environ, HEED_THREADS=str(threads), OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads),
        MKL_NUM_THREADS=str(threads))
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} {command[1]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", required=True)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--python", action="append", default=[], help="a Python with a peer; may be repeated")
    options = parser.parse_args()
    found = peers(options.python)
    if not found:
        sys.exit("No Python with numpy, which makes the data; name one with --python.")
    count, features, ridge, steps = (10_000 if options.quick else 100_000), 384, 1e-3, 2000
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([found[0][0], PEER, "make", folder, str(count), str(features)], check=True)
        for work, amount, peer in [("linear", ridge, "sklearn"), ("neural", steps, "torch")]:
            size = [folder, count, features, amount, options.repeats]
            ours = answer([options.bench, work, *size], options.threads)
            row = {"work": work, "heed": statistics.median(ours["seconds"]), "heedLoss": ours["loss"]}
            if "secondsWithErrors" in ours:
                row["heedWithErrors"] = statistics.median(ours["secondsWithErrors"])
            python = next((python for python, has in found if peer in has), None)
            if python:
                theirs = answer([python, PEER, work, *size], options.threads)
                # The loss of both, computed by one program.
                row.update(peer=theirs["name"], peerSeconds=statistics.median(theirs["seconds"]),
                           peerLoss=theirs["loss"])
                if "bare" in theirs:
                    row["peerBare"] = statistics.median(theirs["bare"])
                row["ratio"] = row["peerSeconds"] / row["heed"]
            rows.append(row)
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{count} comparisons of {features} features, {options.threads} threads, medians of {options.repeats}")
    for row in rows:
        line = f"{row['work']:8} Heed {row['heed']:.3f} s"
        if "heedWithErrors" in row:
            line += f" ({row['heedWithErrors']:.3f} s with standard errors)"
        line += f", loss {row['heedLoss']:.6f}"
        if "ratio" in row:
            line += (f"; {row['peer']} {row['peerSeconds']:.3f} s, loss {row['peerLoss']:.6f}: "
                     f"{row['ratio']:.2f} times as long")
        if "peerBare" in row:
            line += f" ({row['peerBare']:.3f} s without taking the differences)"
        print(line)


main()
