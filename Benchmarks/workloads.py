"""Seeded data for the benchmarks, written fast: numpy draws where it is installed, `random` otherwise."""

import json
import math
import random

try:
    import numpy
except ImportError:
    numpy = None


class Board:
    """Plain comparisons of items with known strengths: columns of item numbers and of who won."""

    def __init__(self, items, comparisons, seed, judges=0):
        self.items = items
        self.judges = judges
        self.names = [f"m{i}" for i in range(items)]
        draw = random.Random(seed)
        strength = [draw.gauss(0, 1) for _ in range(items)]
        if numpy is not None:
            rng = numpy.random.default_rng(seed)
            left = rng.integers(0, items, comparisons)
            right = (left + rng.integers(1, items, comparisons)) % items
            score = numpy.array(strength)
            won = rng.random(comparisons) < 1 / (1 + numpy.exp(score[right] - score[left]))
            self.left, self.right, self.won = left.tolist(), right.tolist(), won.tolist()
            self.judge = rng.integers(0, judges, comparisons).tolist() if judges else None
        else:
            self.left = [draw.randrange(items) for _ in range(comparisons)]
            self.right = [(a + draw.randrange(1, items)) % items for a in self.left]
            self.won = [
                draw.random() < 1 / (1 + math.exp(strength[b] - strength[a]))
                for a, b in zip(self.left, self.right)
            ]
            self.judge = [draw.randrange(judges) for _ in self.left] if judges else None

    def lines(self):
        """The rows of a CSV as bytes, without the header."""
        n = self.items
        end = b"" if self.judge else b"\n"
        table = [
            f"{a},{b},{word}".encode() + end
            for a in self.names
            for b in self.names
            for word in ("right", "left")
        ]
        rows = [table[(a * n + b) * 2 + w] for a, b, w in zip(self.left, self.right, self.won)]
        if self.judge:
            tail = [f",j{j}\n".encode() for j in range(self.judges)]
            rows = [row + tail[j] for row, j in zip(rows, self.judge)]
        return rows

    def write_csv(self, path, mode="wb"):
        with open(path, mode) as file:
            if "a" not in mode:
                file.write(b"left,right,winner,judge\n" if self.judge else b"left,right,winner\n")
            file.write(b"".join(self.lines()))

    def pairs(self):
        """(winner, loser) numbers, one for each comparison."""
        return [(a, b) if w else (b, a) for a, b, w in zip(self.left, self.right, self.won)]


def write_large_csv(path, items, comparisons, seed, part=1_000_000):
    """A CSV too large to hold as Python objects, written part by part."""
    for start in range(0, comparisons, part):
        board = Board(items, min(part, comparisons - start), seed + start // part)
        board.write_csv(path, "wb" if start == 0 else "ab")


def write_battles(path, items, battles, seed):
    """JSON lines as public arenas publish them: two models, a winner or a tie, who, in which language, when."""
    board = Board(items, battles, seed, judges=max(2, battles // 20))
    draw = random.Random(seed + 1)
    words = ["model_b", "model_a", "tie", "tie (bothbad)"]
    languages = ["English", "German", "Chinese", "Spanish", "Russian"]
    with open(path, "w") as file:
        for row in range(battles):
            tied = draw.random()
            winner = words[2] if tied < 0.12 else words[3] if tied < 0.25 else words[board.won[row]]
            event = {
                "question_id": f"{draw.getrandbits(64):016x}",
                "model_a": board.names[board.left[row]],
                "model_b": board.names[board.right[row]],
                "winner": winner,
                "judge": f"arena_user_{board.judge[row]}",
                "turn": 1,
                "anony": True,
                "language": languages[draw.randrange(5)],
                "tstamp": 1_700_000_000 + 3.5 * row,
            }
            file.write(json.dumps(event) + "\n")
