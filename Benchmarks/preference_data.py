#!/usr/bin/env python3
"""Holds Heed's preference models against scikit-learn and PyTorch on real comparisons: the same features, the same split.

    python3 Benchmarks/preference_data.py --data FOLDER --bench .build/release/preference-bench
        [--encoder FOLDER] [--python PYTHON] [--json]

FOLDER holds the data sets by name (coat, hh_rlhf_harmless_test, pandalm_human, llmbar, alpaca_eval); those that are not there are left
out. What is compared, and what the figures were, is in docs/benchmarks-preferences.md.
"""

import argparse
import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.

PEER = Path(__file__).resolve().parent / "preference_peer.py"


def lines(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def rows(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def harmless(folder):
    """Replies to red-team prompts; no judges."""
    for pair in lines(folder / "pairs.jsonl.gz"):
        yield pair["prompt"], pair["chosen"], pair["rejected"], 1, None, None


def pandalm(folder):
    """Three people on each pair."""
    for pair in lines(folder / "pairs.jsonl"):
        prompt = pair["instruction"] + ("\n" + pair["input"] if pair["input"] else "")
        for judge, verdict in enumerate(pair["human"], 1):
            if verdict is not None:
                yield (prompt, pair["response1"], pair["response2"], {0: 0.5, 1: 1, 2: 0}[verdict],
                       f"person {judge}", None)


def llmbar(folder):
    """Gold labels and 65 judges that are language models, asked in both orders."""
    pairs = {(pair["subset"], str(pair["id"])): pair for pair in lines(folder / "pairs.jsonl.gz")}
    for row in rows(folder / "judgments.csv.gz"):
        pair = pairs.get((row["subset"], row["id"]))
        if pair is None:
            continue
        group = "adversarial" if "Adversarial" in row["subset"] else "natural"
        votes = [row["winner_order12"], row["winner_order21"]]
        votes = [{"1": 1, "2": 0}[vote] for vote in votes if vote in ("1", "2")]
        if votes:
            yield (pair["input"], pair["output_1"], pair["output_2"], sum(votes) / len(votes), row["judge"], group)


def alpaca(folder):
    """Judges that are language models, two answers whose texts are there."""
    texts = {(row["model"], str(row["prompt_id"])): row["text"] for row in lines(folder / "outputs.jsonl.gz")}
    prompts = {row["prompt_id"]: row["instruction"] for row in rows(folder / "prompts.csv")}
    for row in rows(folder / "annotations.csv.gz"):
        first = texts.get((row["reference"], row["prompt_id"]))
        second = texts.get((row["model"], row["prompt_id"]))
        if first is None or second is None or first == second or row["preference"] in ("", "0"):
            continue
        yield (prompts[row["prompt_id"]], first, second, 2 - float(row["preference"]), row["judge"], row["model"])


def coat(folder):
    """Ratings of coats as comparisons: up to 60 of each person's pairs that differ; men and women are the groups."""
    items = {row["item"]: [float(row[f"f{n}"]) for n in range(33)] for row in rows(folder / "item_features.csv")}
    group = {row["user"]: "men" if row["f0"] == "1" else "women" for row in rows(folder / "user_features.csv")}
    rated = {}
    for row in rows(folder / "train.csv"):
        rated.setdefault(row["user"], []).append((row["item"], float(row["rating"])))
    for user, ratings in rated.items():
        pairs = [(a, b) for i, a in enumerate(ratings) for b in ratings[:i] if a[1] != b[1]]
        random.Random(int(user)).shuffle(pairs)
        for a, b in pairs[:60]:
            yield None, items[a[0]], items[b[0]], int(a[1] > b[1]), f"person {user}", group[user]


SETS = {"coat": coat, "hh_rlhf_harmless_test": harmless, "pandalm_human": pandalm, "llmbar": llmbar, "alpaca_eval": alpaca}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--encoder", help="a folder with a sentence encoder; hashed words without one")
    parser.add_argument("--python", default=sys.executable, help="a Python with the peers")
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    for name in options.sets:
        folder = options.data / name
        if not folder.is_dir():
            print(f"{name} is not there", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "pairs.jsonl"
            with open(path, "w", encoding="utf-8") as file:
                for prompt, first, second, label, judge, group in SETS[name](folder):
                    if first != second:
                        row = {"prompt": prompt, "first": first, "second": second, "label": label,
                               "judge": judge, "group": group}
                        file.write(json.dumps({key: value for key, value in row.items() if value is not None}) + "\n")
            command = [options.bench, "data", str(path), place, *([options.encoder] if options.encoder and name != "coat" else [])]
            ours = subprocess.run(command, capture_output=True, text=True)
            if ours.returncode != 0:
                sys.exit(f"{' '.join(command)} ended with {ours.returncode}: {ours.stderr[-2000:]}")
            result = json.loads(ours.stdout.splitlines()[-1])
            theirs = subprocess.run([options.python, PEER, "data", place], capture_output=True, text=True)
            if theirs.returncode == 0:
                result["methods"] += json.loads(theirs.stdout.splitlines()[-1])
            else:
                print(theirs.stderr[-500:], file=sys.stderr)
            found[name] = result
            if not options.json:
                print(f"\n{name}: {result['train']} comparisons learnt from, {result['test']} held out by {result['unit']}, "
                      f"{result['features']} features ({result['kind']})")
                for method in result["methods"]:
                    interval = method.get("interval")
                    spread = f" ({100 * interval[0]:.1f}–{100 * interval[1]:.1f}%)" if interval else ""
                    worst = f", worst group {100 * method['worst']:.1f}%" if method.get("worst") is not None else ""
                    gain = method.get("gain")
                    gained = (f", log loss over linear {gain[0]:+.4f} ({gain[1]:+.4f} to {gain[2]:+.4f})"
                              if gain else "")
                    print(f"  {method['name']:32} accuracy {100 * method['accuracy']:.1f}%{spread}, "
                          f"log loss {method['logLoss']:.4f}{worst}{gained}")
                sys.stdout.flush()
    if options.json:
        print(json.dumps(found, indent=2))


main()
