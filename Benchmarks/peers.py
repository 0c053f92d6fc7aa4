"""The peers, each of which may be missing."""

import csv
import importlib
import math
import warnings

warnings.filterwarnings("ignore")


def load(name):
    try:
        return importlib.import_module(name)
    except Exception:  # A broken installation counts as a missing one.
        return None


def version(distribution):
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def centred(scores):
    mean = sum(scores.values()) / len(scores)
    return {name: value - mean for name, value in scores.items()}


class Evalica:
    """evalica from lists in memory: its own best case. The lists are made before the clock starts."""

    def __init__(self, board):
        self.module = load("evalica")
        if self.module is None:
            return
        self.xs = [board.names[a] for a in board.left]
        self.ys = [board.names[b] for b in board.right]
        win, loss = self.module.Winner.X, self.module.Winner.Y
        self.winners = [win if w else loss for w in board.won]

    def fit(self, method="bradley_terry", tolerance=None, limit=100_000):
        options = {} if tolerance is None else {"tolerance": tolerance, "limit": limit}
        return getattr(self.module, method)(self.xs, self.ys, self.winners, **options)

    @staticmethod
    def log_odds(result):
        return centred({name: math.log(score) for name, score in result.scores.items()})


class Choix:
    def __init__(self, board):
        self.module = load("choix")
        self.board = board

    def newton(self):
        values = self.module.opt_pairwise(self.board.items, self.board.pairs(), alpha=0, tol=1e-12)
        return self._named(values)

    def spectral(self):
        """`ilsr_pairwise` on the matrix of wins, which is the same estimate and bearable on a million rows."""
        import numpy

        wins = numpy.zeros((self.board.items, self.board.items))
        for winner, loser in self.board.pairs():
            wins[winner, loser] += 1
        values = self.module.ilsr_pairwise_dense(wins, alpha=0, max_iter=10_000, tol=1e-12)
        return self._named(values)

    def _named(self, values):
        return centred(dict(zip(self.board.names, map(float, values))))


class ArenaRank:
    """arena_rank from a data frame in memory to ratings with sandwich intervals."""

    def __init__(self, board):
        self.bradley_terry = load("arena_rank.models.bradley_terry")
        self.data = load("arena_rank.utils.data_utils")
        pandas = load("pandas")
        self.available = None not in (self.bradley_terry, self.data, pandas)
        if self.available:
            self.frame = pandas.DataFrame({
                "model_a": [board.names[a] for a in board.left],
                "model_b": [board.names[b] for b in board.right],
                "winner": ["model_a" if w else "model_b" for w in board.won],
            })

    def dataset(self):
        return self.data.PairDataset.from_pandas(self.frame)

    def fit(self, dataset, **options):
        model = self.bradley_terry.BradleyTerry(len(dataset.competitors), **options)
        result = model.compute_ratings_and_cis(dataset)
        result["rating_upper"].block_until_ready()
        return result, model.alpha

    @staticmethod
    def log_odds(result, unit):
        """Scores and half-widths of the intervals in natural log-odds."""
        names = result["competitors"]
        score = centred({n: float(r) / unit for n, r in zip(names, result["ratings"])})
        half = {n: float(high - low) / 2 / unit
                for n, low, high in zip(names, result["rating_lower"], result["rating_upper"])}
        return score, half


CROWD_KIT = [
    ("MajorityVote", {}),
    ("Wawa", {}),
    ("ZeroBasedSkill", {}),
    ("DawidSkene", {}),
    ("OneCoinDawidSkene", {}),
    ("GLAD", {}),
    ("MMSR", {}),
    ("MACE", {}),
]


def mend_crowd_kit():
    """crowd-kit 1.4's Wawa and ZeroBasedSkill stop in newer versions of scikit-learn (1.9 is one), which ask every
    estimator for its tags; giving the base class scikit-learn's own answer lets them run, and changes nothing
    else."""
    base, sklearn = load("crowdkit.aggregation.base"), load("sklearn.base")
    answer = getattr(getattr(sklearn, "BaseEstimator", None), "__sklearn_tags__", None)
    for name in ("BaseClassificationAggregator", "BaseNumericAggregator"):
        kind = getattr(base, name, None)
        if kind is not None and answer is not None and not hasattr(kind, "__sklearn_tags__"):
            kind.__sklearn_tags__ = answer


def crowd_kit_labels(rows):
    """The labels of each crowd-kit aggregator, with its own defaults: name → task → label, and who failed."""
    aggregation, pandas = load("crowdkit.aggregation"), load("pandas")
    if aggregation is None or pandas is None:
        return None, []
    mend_crowd_kit()
    frame = pandas.DataFrame(rows, columns=["task", "worker", "label"])
    found, failed = {}, []
    for name, options in CROWD_KIT:
        try:
            found[name] = getattr(aggregation, name)(**options).fit_predict(frame).to_dict()
        except Exception as error:
            failed.append(f"{name} failed ({type(error).__name__})")
    return found, failed


def read_crowd(path):
    """(task, worker, label) rows, and the right label of each task that has one."""
    rows, gold = [], {}
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            rows.append((line["item"], line["worker"], line["label"]))
            if line["gold"]:
                gold[line["item"]] = line["gold"]
    return rows, gold
