#!/usr/bin/env python3
"""Runs heed on the real files that docs/real-data.md speaks of, and prints the figures that it quotes.

    python3 Benchmarks/real_data.py --heed .build/release/heed [--data ../shared/data]

Needs only the standard library. A data set that is not there is skipped with a line.
"""
import argparse
import csv
import json
import os
import subprocess
import sys


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [0.0] * len(values)
    i = 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            out[order[k]] = (i + j) / 2
        i = j + 1
    return out


def spearman(x, y):
    a, b = ranks(x), ranks(y)
    n = len(a)
    ma, mb = sum(a) / n, sum(b) / n
    xy = sum((p - ma) * (q - mb) for p, q in zip(a, b))
    xx = sum((p - ma) ** 2 for p in a)
    yy = sum((q - mb) ** 2 for q in b)
    return xy / (xx * yy) ** 0.5


def heed(options, *arguments):
    command = [options.heed, *arguments, "--json", "-q"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return json.loads(result.stdout)


def scores(ranking):
    return {item["item"]: item["score"] for item in ranking["items"]}


def wmt(options, path):
    print("\nWMT15: Spearman with the official TrueSkill scores")
    official = {}
    with open(f"{path}/official_ranking.csv") as file:
        for row in csv.DictReader(file):
            official.setdefault(row["pair"], {})[row["system"]] = float(row["trueskill_score"])
    for pair in ["deu-eng", "fin-eng", "fre-eng"]:
        files = [f"{path}/comparisons.csv.gz", "--where", f"pair={pair}", "--no-checks"]
        found = {name: scores(heed(options, "rank", *files, "--model", name)) for name in ["davidson", "judges"]}
        shares = win_rate(options, files[:3])
        names = [n for n in official[pair] if n in found["judges"]]
        truth = [official[pair][n] for n in names]
        line = [f"{model} {spearman([found[model][n] for n in names], truth):.3f}" for model in found]
        line.append(f"win rate {spearman([shares[n] for n in names], truth):.3f}")
        print(f"  {pair}: {len(names)} systems, " + ", ".join(line))


def win_rate(options, arguments):
    """The plain win rate, from the event lines that heed export writes."""
    lines = subprocess.run([options.heed, "export", *arguments], capture_output=True, text=True, check=True).stdout
    won, met = {}, {}
    for line in lines.splitlines():
        event = json.loads(line)
        share = {"left": 1.0, "right": 0.0, "tie": 0.5, "both_bad": 0.5}.get(event["outcome"])
        if share is None:
            continue
        for name, value in ((event["left"], share), (event["right"], 1 - share)):
            won[name] = won.get(name, 0) + value
            met[name] = met.get(name, 0) + 1
    return {name: won[name] / met[name] for name in met}


def alpaca(options, path):
    print("\nAlpacaEval: Spearman with the official length-controlled order")
    with open(f"{path}/official_leaderboard_v2.csv") as file:
        rows = list(csv.DictReader(file))
    files = [f"{path}/annotations.csv.gz", "--where", "judge=weighted_alpaca_eval_gpt4_turbo", "--no-checks"]
    found = {
        "plain": scores(heed(options, "rank", *files)),
        "length": scores(heed(options, "rank", *files, "--covariate", "length:tanh")),
    }
    names = [r["model"] for r in rows if r["length_controlled_winrate"] and r["model"] in found["plain"]]
    by_name = {r["model"]: r for r in rows}
    controlled = [float(by_name[n]["length_controlled_winrate"]) for n in names]
    raw = [float(by_name[n]["win_rate"]) for n in names]
    print(f"  {len(names)} models")
    for model, values in found.items():
        print(f"  {model}: {spearman([values[n] for n in names], controlled):.3f}")
    print(f"  the official plain win rate: {spearman(raw, controlled):.3f}")


def forecasts(options, path, name, file, day):
    print(f"\n{name}: log loss of the games from {day}")
    result = heed(options, "forecast", f"{path}/{file}", "--from", day)
    for row in sorted(result["models"], key=lambda r: r["logLoss"]):
        print(f"  {row['model']}: {row['logLoss']:.4f} (behind the best {row['behindBest']:.4f} "
              f"± {1.96 * row['behindBestError']:.4f}), {row['count']} games")


def ballots(options, path):
    for race in ["ward-13", "ward-9", "boe"]:
        print(f"\nMinneapolis {race}: run-off, Borda, Plackett–Luce")
        result = heed(options, "tally", f"{path}/ballots.csv", "--where", f"race={race}")
        for row in result["items"]:
            print(f"  {row['item']}: {row['runoff']}, {row['borda']}, {row['luce']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--heed", default=os.path.join(here, ".build/release/heed"))
    parser.add_argument("--data", default=os.environ.get("HEED_DATA", os.path.join(here, "../shared/data")))
    options = parser.parse_args()
    jobs = [
        ("wmt15_human", lambda p: wmt(options, p)),
        ("alpaca_eval", lambda p: alpaca(options, p)),
        ("football_international", lambda p: forecasts(options, p, "Football", "results.csv.gz", "2014-01-01")),
        ("tennis_atp", lambda p: forecasts(options, p, "Tennis", "matches.csv.gz", "2019-01-01")),
        ("minneapolis_rcv_2013", lambda p: ballots(options, p)),
    ]
    for folder, job in jobs:
        path = os.path.join(options.data, folder)
        if os.path.isdir(path):
            job(path)
        else:
            print(f"\n{folder}: not there, skipped")


main()
