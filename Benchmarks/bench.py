#!/usr/bin/env python3
"""Times Heed next to its peers: the same work, in one run, on one machine.

    python3 Benchmarks/bench.py --heed .build/release/heed [--quick] [--json] [--only fit,bootstrap]

Needs Python 3.11 or later and nothing else. Peers (evalica, choix, arena-rank, crowd-kit) are measured where they
are installed and left out with a word where not. Real crowd labels are looked for in $HEED_DATA, or in
../shared/data beside the repository. What is compared, and what the figures were, is in docs/benchmarks.md.
"""

import argparse
import csv
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.

import peers
import workloads
from running import Run, Series, clock, in_turn

ROOT = Path(__file__).resolve().parents[1]
CROWD_SETS = [
    ("bluebirds", "crowd_truth_infer/bluebirds.csv"),
    ("dog", "crowd_truth_infer/dog.csv"),
    ("face_sentiment", "crowd_truth_infer/face_sentiment.csv"),
    ("rte", "crowd_snow2008/rte.csv"),
    ("temp", "crowd_snow2008/temp.csv"),
    ("wsd", "crowd_snow2008/wsd.csv"),
]


class Sizes:
    """How much work: all of it, or enough to see that the benchmark runs."""

    def __init__(self, quick, repeats):
        self.quick = quick
        self.items = 50 if quick else 200
        self.comparisons = 50_000 if quick else 1_000_000
        self.judges = 200 if quick else 1000
        self.refits = 100 if quick else 1000
        self.large = 500_000 if quick else 10_000_000
        self.battles = 10_000 if quick else 100_000
        self.repeats = repeats or (2 if quick else 7)
        self.few = min(self.repeats, 3)


class Bench:
    def __init__(self, heed, sizes, folder):
        self.heed = heed
        self.sizes = sizes
        self.folder = Path(folder)
        self.rows = []
        self.notes = []
        self._board = None

    # What the parts share.

    def path(self, name):
        return str(self.folder / name)

    def run(self, *arguments):
        return Run([self.heed, *arguments], self.path("heed.out"))

    def rank(self, file, *arguments):
        return self.run("rank", file, "--no-checks", "--json", "-q", *arguments)

    def board(self):
        """The large board, made once, with its file."""
        if self._board is None:
            self._board = workloads.Board(self.sizes.items, self.sizes.comparisons, seed=1)
            self._board.write_csv(self.path("large.csv"))
        return self._board, self.path("large.csv")

    def row(self, identifier, work, heed=None, peer=None, ratio=None, goal=None, met=None, unit="s", **more):
        """One line of the result. Goals hold for the full size; a quick run judges the answers only."""
        if self.sizes.quick and unit in ("s", "MB", "x"):
            goal, met = None, None
        if ratio is None and unit == "s" and heed is not None and peer is not None:
            ratio = heed / peer
        self.rows.append({"id": identifier, "work": work, "heed": heed, "peer": peer, "ratio": ratio,
                          "goal": goal, "met": met, "unit": unit, **more})
        progress(f"  {text_of(self.rows[-1])}")

    def missing(self, name):
        self.notes.append(f"{name} is not installed: left out.")
        progress(f"  {name} is not installed: left out")

    # The parts.

    def fit(self):
        """A million comparisons from a file to a ranking with intervals, against fits from memory."""
        board, file = self.board()
        heed, one = Series(), Series()
        environment = dict(os.environ, HEED_THREADS="1")
        arguments = ["rank", file, "--no-checks", "--json", "-q", "--model", "bradley-terry"]

        def run(series, environment=None):
            done = Run([self.heed, *arguments], self.path("heed.out"), environment)
            series.add(done.seconds, done.cpu)

        works = [lambda: run(heed), lambda: run(one, environment)]
        evalica = peers.Evalica(board)
        times = {}
        if evalica.module is None:
            self.missing("evalica")
        else:
            for method in ("bradley_terry", "newman"):
                for tolerance in (None, 1e-8):
                    series = times[method, tolerance] = Series()
                    works.append(lambda m=method, t=tolerance, s=series: clock(lambda: evalica.fit(m, t), s))
        in_turn(self.sizes.repeats, *works)

        size = os.path.getsize(file) / 1e6
        work = f"{self.sizes.comparisons:,} comparisons of {self.sizes.items} items"
        what = f"{work}: read a CSV of {size:.0f} MB, fit, 95% intervals"
        defaults = {key: s for key, s in times.items() if key[1] is None}
        fastest = min(defaults, key=lambda key: defaults[key].median) if defaults else None
        for key, series in times.items():
            ratio = heed.median / series.median
            goal = key == fastest
            self.row(
                f"fit/{key[0]}{'' if key[1] is None else '/1e-8'}", what, heed.median, series.median,
                goal="ratio <= 0.25" if goal else None, met=ratio <= 0.25 if goal else None,
                peerName=f"evalica.{key[0]}, the fit alone from lists"
                + ("" if key[1] is None else ", tolerance 1e-8"),
                heedRuns=heed.as_json(), peerRuns=series.as_json())
        if not times:
            self.row("fit", what, heed.median, heedRuns=heed.as_json())
        self.row("fit/one-thread", what + ", HEED_THREADS=1", one.median, heedRuns=one.as_json())

        arena = peers.ArenaRank(board)
        if not arena.available:
            self.missing("arena-rank")
            return
        whole, alone = Series(), Series()
        arena.fit(arena.dataset())  # Compiles.

        def all_of_it():
            dataset = clock(arena.dataset, series := Series())
            clock(lambda: arena.fit(dataset), alone)
            whole.add(series.seconds[0] + alone.seconds[-1], series.cpu[0] + alone.cpu[-1])

        in_turn(self.sizes.few, all_of_it)
        self.row("fit/arena-rank", what, heed.median, whole.median,
                 peerName="arena_rank, warm: data frame to intervals", heedRuns=heed.as_json(),
                 peerRuns=whole.as_json())
        self.row("fit/arena-rank/fit", what, heed.median, alone.median,
                 peerName="arena_rank, warm: fit and intervals of the gathered pairs alone",
                 heedRuns=heed.as_json(), peerRuns=alone.as_json())

    def bootstrap(self):
        """Clustered refits."""
        board = workloads.Board(self.sizes.items, self.sizes.comparisons, seed=2, judges=self.sizes.judges)
        file = self.path("judged.csv")
        board.write_csv(file)
        plain, heed, clustered = Series(), Series(), Series()

        def run(series, *arguments):
            done = self.rank(file, "--model", "bradley-terry", *arguments)
            series.add(done.seconds, done.cpu)
            return done

        refits = str(self.sizes.refits)
        in_turn(
            self.sizes.few,
            lambda: run(plain, "--cluster", "none"),
            lambda: run(clustered, "--cluster", "judge"),
            lambda: run(heed, "--cluster", "judge", "--bootstrap", refits))
        what = (f"{self.sizes.refits:,} refits clustered by {self.sizes.judges:,} judges, "
                f"{self.sizes.comparisons:,} comparisons")
        net = heed.median - plain.median
        peer = None
        evalica = peers.Evalica(board)
        if evalica.module is not None:
            series = Series()
            for _ in range(self.sizes.few):
                clock(lambda: evalica.fit("bradley_terry"), series)
            peer = series.median * self.sizes.refits
        self.row("bootstrap", what + ": the whole process", heed.median, peer, goal="< 5 s",
                 met=heed.median < 5,
                 peerName=peer and f"{self.sizes.refits:,} times one evalica.bradley_terry (computed, not run)",
                 heedRuns=heed.as_json())
        self.row("bootstrap/net", what + ": net of reading and the first fit", net, goal="< 5 s", met=net < 5,
                 heedRuns=heed.as_json())
        self.row("bootstrap/sandwich", "the same file, clustered sandwich intervals instead", clustered.median,
                 heedRuns=clustered.as_json())

    def agreement(self):
        """The same numbers from the same data."""
        small = workloads.Board(12, 3000, seed=3)
        small.write_csv(self.path("small.csv"))
        large, file = self.board()
        for name, board, path in [("small", small, self.path("small.csv")), ("large", large, file)]:
            result = self.rank(path, "--model", "bradley-terry", "--prior", "none", "--cluster", "none").json()
            ours = {item["item"]: item["score"] for item in result["items"]}
            half = {item["item"]: (item["upper"] - item["lower"]) / 2 for item in result["items"]}
            self.scores(name, board, ours)
            self.intervals(name, board, ours, half)

    def scores(self, name, board, ours):
        def compare(peer, theirs):
            worst = max(abs(ours[item] - score) for item, score in theirs.items())
            self.row(f"scores/{name}/{peer}",
                     f"{name} board ({len(board.left):,} of {board.items}): largest difference of scores",
                     worst, goal="<= 1e-6", met=worst <= 1e-6, unit="log-odds", peerName=peer)

        evalica = peers.Evalica(board)
        if evalica.module is None:
            self.missing("evalica")
        else:
            for method in ("bradley_terry", "newman"):
                compare(f"evalica.{method}, tolerance 1e-12",
                        evalica.log_odds(evalica.fit(method, 1e-12, limit=10_000)))
        choix = peers.Choix(board)
        if choix.module is None:
            self.missing("choix")
        else:
            if name == "small":
                compare("choix.opt_pairwise, alpha 0", choix.newton())
            compare("choix.ilsr_pairwise_dense, alpha 0", choix.spectral())

    def intervals(self, name, board, ours, half):
        arena = peers.ArenaRank(board)
        if not arena.available:
            self.missing("arena-rank")
            return
        dataset = arena.dataset()
        # arena_rank adds hessian_reg times the number of battles to the Hessian's diagonal, which narrows its
        # intervals; with 0.001 in all the two estimate the same covariance (much less, and its inverse loses
        # digits). The second row has its default. Tight tolerances, so that both are taken at the same scores.
        tiny = 0.001 / len(board.left)
        for label, options in [("hessian_reg near 0", {"hessian_reg": tiny}), ("default hessian_reg", {})]:
            score, theirs = arena.log_odds(*arena.fit(dataset, ftol=0, gtol=1e-12, **options))
            worst = max(abs(half[item] / theirs[item] - 1) for item in half)
            gap = max(abs(ours[item] - score[item]) for item in ours)
            same = options != {}
            self.row(f"intervals/{name}/{label}",
                     f"{name} board: largest relative difference of interval widths",
                     worst, goal="<= 1%" if same else None, met=worst <= 0.01 if same else None, unit="ratio",
                     peerName=f"arena_rank, sandwich, {label}", scoreDifference=gap)

    def labels(self):
        """Crowd labels with known answers."""
        data = Path(os.environ.get("HEED_DATA") or ROOT.parent / "shared" / "data")
        found = [(name, data / path) for name, path in CROWD_SETS if (data / path).exists()]
        if not found:
            self.notes.append(f"No crowd labels in {data}: left out (set HEED_DATA).")
            return
        best, means = [], {}
        for name, path in found:
            rows, gold = peers.read_crowd(path)
            # The known answers stay out of what Heed reads.
            file = self.path(f"{name}.csv")
            with open(file, "w", newline="", encoding="utf-8") as target:
                writer = csv.writer(target)
                writer.writerow(["task", "worker", "label"])
                writer.writerows(rows)
            series = Series()
            done = self.run("labels", file, "--json", "-q")
            series.add(done.seconds)
            answers = {task["task"]: task["label"] for task in done.json()["tasks"]}

            def accuracy(labels):
                return sum(labels.get(task) == right for task, right in gold.items()) / len(gold)

            ours = accuracy(answers)
            others, failed = peers.crowd_kit_labels(rows)
            self.notes += [f"{name}: {text}" for text in failed]
            scores = {peer: accuracy(labels) for peer, labels in (others or {}).items()}
            top = max(scores.values(), default=None)
            self.row(f"labels/{name}", f"{name}: {len(gold)} tasks, {len(rows):,} labels: share right", ours, top,
                     goal="at least the best" if scores else None, met=ours >= top - 1e-12 if scores else None,
                     unit="share", all=scores, tasks=len(gold), seconds=series.median,
                     peerName=", ".join(p for p, s in scores.items() if s == top) or None)
            best.append(ours)
            for peer, score in scores.items():
                means.setdefault(peer, []).append(score)
        if not means:
            self.missing("crowd-kit")
        averages = {peer: sum(s) / len(s) for peer, s in means.items() if len(s) == len(best)}
        ours = sum(best) / len(best)
        top = max(averages.values(), default=None)
        self.row("labels/mean", f"mean of the {len(best)} sets", ours, top,
                 goal="at least the best" if averages else None, met=ours >= top if averages else None,
                 unit="share", all=averages,
                 peerName=", ".join(p for p, s in averages.items() if s == top) or None)

    def memory(self):
        """Peak memory of a large file."""
        file = self.path("huge.csv")
        workloads.write_large_csv(file, self.sizes.items, self.sizes.large, seed=4)
        done = self.rank(file, "--model", "bradley-terry")
        size = os.path.getsize(file) / 1e6
        what = f"{self.sizes.large:,} comparisons from a CSV of {size:.0f} MB"
        megabytes = done.bytes / 1e6
        self.row("memory", f"{what}: peak memory", megabytes, goal="< 1000 MB", met=megabytes < 1000, unit="MB")
        self.row("memory/seconds", f"{what}: the whole process", done.seconds, cpu=done.cpu)
        os.remove(file)

    def battles(self):
        """Arena battles as JSON lines."""
        file = self.path("battles.jsonl")
        workloads.write_battles(file, self.sizes.items // 2, self.sizes.battles, seed=5)
        heed, model = Series(), None

        def run():
            nonlocal model
            done = self.run("rank", file, "--no-checks", "--json", "-q")
            heed.add(done.seconds, done.cpu)
            model = done.json()["model"]

        works = [run]
        pandas, evalica = peers.load("pandas"), peers.load("evalica")
        peer = Series()
        if pandas is not None and evalica is not None:
            codes = {"model_a": evalica.Winner.X, "model_b": evalica.Winner.Y}

            def read_and_fit():
                frame = pandas.read_json(file, lines=True)
                winners = [codes.get(word, evalica.Winner.Draw) for word in frame["winner"]]
                evalica.bradley_terry(frame["model_a"], frame["model_b"], winners)

            works.append(lambda: clock(read_and_fit, peer))
        in_turn(self.sizes.repeats, *works)
        size = os.path.getsize(file) / 1e6
        self.row("battles", f"{self.sizes.battles:,} arena battles (JSON lines, {size:.0f} MB) read and ranked "
                 f"({model}, judges as clusters)", heed.median, peer.median if peer.seconds else None,
                 peerName="pandas.read_json and evalica.bradley_terry, no intervals" if peer.seconds else None,
                 heedRuns=heed.as_json())


PARTS = ["fit", "bootstrap", "agreement", "labels", "memory", "battles"]


def progress(text):
    print(text, file=sys.stderr, flush=True)


def number(value, unit):
    if value is None:
        return ""
    if unit == "s":
        return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"
    if unit == "MB":
        return f"{value:.0f} MB"
    if unit == "share":
        return f"{100 * value:.2f}%"
    if unit == "ratio":
        return f"{100 * value:.2g}%"
    return f"{value:.1e}"


def verdict(row):
    return "" if row["met"] is None else "yes" if row["met"] else "NO"


def text_of(row):
    parts = [row["work"], number(row["heed"], row["unit"])]
    if row.get("peerName"):
        peer = number(row["peer"], row["unit"])
        parts.append(f"{row['peerName']} {peer}".strip())
    return " | ".join(parts)


def machine():
    """The machine in plain words."""
    name = platform.processor() or platform.machine()
    memory = None
    try:
        with open("/proc/cpuinfo") as file:
            name = next((l.split(":", 1)[1].strip() for l in file if l.startswith("model name")), name)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (OSError, ValueError):
        pass
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"processor": name, "cores": os.cpu_count(), "memoryGiB": memory and round(memory, 1),
            "system": platform.system(), "python": platform.python_version(), "loadAtStart": load,
            "peers": {p: v for p in ("evalica", "choix", "arena-rank", "crowd-kit") if (v := peers.version(p))}}


def table(rows):
    """The rows, those of one work under its name."""
    lines = [["work", "heed", "peer", "ratio", "goal", "met"]]
    work = None
    for row in rows:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f}"
        cells = [number(row["heed"], row["unit"]), number(row["peer"], row["unit"]), ratio, row["goal"] or "",
                 verdict(row)]
        if not row.get("peerName"):
            lines.append([row["work"], *cells])
        else:
            if row["work"] != work:
                lines.append([row["work"]])
            lines.append(["    against " + row["peerName"], *cells])
        work = row["work"]
    columns = range(len(lines[0]))
    width = [max(len(line[k]) for line in lines if len(line) > 1) for k in columns]

    def show(line):
        cells = [cell.ljust(width[k]) if k in (0, 4) else cell.rjust(width[k]) for k, cell in enumerate(line)]
        return "  ".join(cells).rstrip()

    return "\n".join([show(lines[0]), "  ".join("-" * w for w in width), *map(show, lines[1:])])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heed", default=str(ROOT / ".build" / "release" / "heed"), help="the built command")
    parser.add_argument("--quick", action="store_true", help="small sizes; no goals for speed")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", help=f"some parts only: {','.join(PARTS)}")
    parser.add_argument("--repeats", type=int, help="runs of each timed work")
    parser.add_argument("--strict", action="store_true", help="exit code 1 where a goal is missed")
    options = parser.parse_args()
    if not os.access(options.heed, os.X_OK):
        parser.error(f"{options.heed} cannot be run; build it with: swift build -c release")
    wanted = options.only.split(",") if options.only else PARTS
    if unknown := [p for p in wanted if p not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    about = machine()
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as folder:
        bench = Bench(os.path.abspath(options.heed), Sizes(options.quick, options.repeats), folder)
        for part in wanted:
            progress(part)
            getattr(bench, part)()
    notes = list(dict.fromkeys(bench.notes))
    if options.json:
        print(json.dumps({"machine": about, "quick": options.quick, "results": bench.rows, "notes": notes},
                         indent=2))
    else:
        memory = f", {about['memoryGiB']} GiB" if about["memoryGiB"] else ""
        print(f"{about['cores']} cores ({about['processor']}){memory}, {about['system']}, "
              f"Python {about['python']}, load {about['loadAtStart']:.1f} at the start")
        print(table(bench.rows))
        for note in notes:
            print(note)
    missed = [row["id"] for row in bench.rows if row["met"] is False]
    if missed:
        progress(f"missed: {', '.join(missed)}")
    return 1 if missed and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
