#!/usr/bin/env python3
"""Times Heed's sentence encoder next to PyTorch's: the same model and texts, in turn, in one run.

    scripts/get-encoder
    python3 Benchmarks/encoder.py --bench .build/release/tensor-bench [--texts FILE] [--threads 1,2] [--json]

Needs Python 3.11 or later. The peers are sentence-transformers, where a Python has it, and the same model in plain PyTorch
modules; PyTorch is looked for in this Python, in /usr/bin/python3 and in those that --python names. The texts are
sentences of Heed's documents, or the lines of a file. There are goals only where PyTorch has the libtorch that Heed's
library was built for (scripts/build-torch-shim --libtorch FOLDER --output FOLDER, and HEED_TORCH set to that).
"""

import argparse
import json
import os
import re
import sys
import tempfile
from array import array
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.

from tensors import ROOT, Worker, in_turn, peers, progress, same_library

PEER = Path(__file__).resolve().parent / "encoder_peer.py"
GOAL = 1.0  # Sentences a second, ours over theirs.
TOLERANCE, COSINE = 1e-4, 0.9999


def sentences(count):
    """Sentences of the documents, from everywhere in them, without tables and what is as long as one."""
    found = []
    for file in sorted((ROOT / "docs").glob("*.md")):
        text = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.S)
        for paragraph in re.split(r"\n\s*\n", text):
            if not paragraph.startswith(("|", "#", "    ")):
                found += re.split(r"(?<=[.!?:])\s+", " ".join(paragraph.split()))
    found = [sentence for sentence in found if 20 <= len(sentence) <= 400]
    return found[:: max(1, len(found) // count)][:count]


def floats(path, offset=0):
    numbers = array("f")
    numbers.frombytes(path.read_bytes()[offset:])
    return numbers


def compared(folder, width):
    """The largest difference of two vectors' numbers, and the smallest cosine of a text's two vectors."""
    file = folder / "vectors.safetensors"
    ours = floats(file, 8 + int.from_bytes(file.read_bytes()[:8], "little"))
    theirs = floats(folder / "peer.f32")
    if len(ours) != len(theirs):
        raise RuntimeError(f"{len(ours)} numbers against {len(theirs)}")
    apart, cosine = 0.0, 1.0
    for start in range(0, len(ours), width):
        a, b = ours[start:start + width], theirs[start:start + width]
        apart = max(apart, max(abs(x - y) for x, y in zip(a, b)))
        lengths = (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5
        cosine = min(cosine, sum(x * y for x, y in zip(a, b)) / lengths)
    return apart, cosine


def against(options, python, version, way, folder, count):
    rows = []
    width = json.loads((Path(options.model) / "config.json").read_text())["hidden_size"]
    for threads in options.threads:
        environment = {"TENSOR_BENCH_THREADS": str(threads), "TOKENIZERS_PARALLELISM": "false"}
        ours = Worker([options.bench], environment)
        ours.ask("make", "encoder", folder, "float32")
        ours.ask("make", "tokens", folder, "float32")
        ours.ask("write", "encoder", folder)
        theirs = Worker([python, PEER, "--way", way], environment)
        if way == "library" and theirs.about["peer"].startswith("plain"):
            theirs.close()
            ours.close()
            return rows
        theirs.ask("make", "encoder", folder, "float32")
        theirs.ask("write", "encoder", folder)
        apart, cosine = compared(Path(folder), width)
        tokens = None
        if way == "library":
            tokens = json.loads((Path(folder) / "tokens.json").read_text()) == json.loads(
                (Path(folder) / "peer-tokens.json").read_text())
        mine, peer = in_turn([ours, theirs], "encoder", options.repeats, 1)
        splitting = ours.ask("run", "tokens", 1)["seconds"]
        same = same_library(ours.about["torch"], version)
        ratio = peer.median / mine.median
        rows.append({
            "id": f"encoder/{way}/{threads}", "threads": threads, "peer": theirs.about["peer"],
            "libtorch": ours.about["torch"], "sentences": count, "heed": mine.as_json(), "torch": peer.as_json(),
            "heedPerSecond": count / mine.median, "torchPerSecond": count / peer.median, "ratio": ratio,
            "goal": GOAL if same else None, "met": ratio >= GOAL if same else None, "tokenSeconds": splitting,
            "tokensEqual": tokens, "apart": apart, "cosine": cosine,
            "equal": apart <= TOLERANCE and cosine >= COSINE and tokens is not False})
        progress(text_of(rows[-1]))
        ours.close()
        theirs.close()
    return rows


def text_of(row):
    goal = "" if row["goal"] is None else f" (goal {row['goal']}: {'yes' if row['met'] else 'NO'})"
    tokens = "" if row["tokensEqual"] is None else f", tokens {'equal' if row['tokensEqual'] else 'DIFFERENT'}"
    return (f"{row['threads']} threads: {row['heedPerSecond']:.1f} sentences/s (libtorch {row['libtorch']}), "
            f"{row['peer']} {row['torchPerSecond']:.1f}, ratio {row['ratio']:.2f}{goal}; "
            f"processor seconds {row['heed']['medianCPU']:.2f} against {row['torch']['medianCPU']:.2f}; "
            f"numbers apart {row['apart']:.1e}, cosine {row['cosine']:.6f}{tokens}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", default=str(ROOT / ".build" / "release" / "tensor-bench"), help="the Swift side")
    parser.add_argument("--model", default=str(ROOT / "models" / "all-MiniLM-L6-v2"), help="the encoder's folder")
    parser.add_argument("--texts", help="a file with a text in each line; sentences of the documents unless given")
    parser.add_argument("--count", type=int, default=512, help="how many texts are taken")
    parser.add_argument("--batch", type=int, default=32, help="texts that are computed at a time")
    parser.add_argument("--python", action="append", default=[], help="a Python with PyTorch; may be repeated")
    parser.add_argument("--threads", help="numbers of threads, such as 1,2; all cores and one unless given")
    parser.add_argument("--repeats", type=int, default=5, help="rounds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--strict", action="store_true", help="exit code 1 where a goal is missed")
    options = parser.parse_args()
    if not os.access(options.bench, os.X_OK):
        parser.error(f"{options.bench} cannot be run; build it with: swift build -c release --product tensor-bench")
    if not (Path(options.model) / "config.json").exists():
        parser.error(f"there is no encoder in {options.model}; fetch one with scripts/get-encoder")
    options.model = str(Path(options.model).resolve())
    options.threads = (
        [int(n) for n in options.threads.split(",")] if options.threads else sorted({1, os.cpu_count() or 1}))
    if options.texts:
        texts = [line for line in Path(options.texts).read_text(encoding="utf-8").splitlines() if line.strip()]
        texts = texts[:: max(1, len(texts) // options.count)][:options.count]
    else:
        texts = sentences(options.count)
    rows = []
    found = peers(options.python)
    if not found:
        progress("No Python here has PyTorch and numpy; nothing is compared.")
    with tempfile.TemporaryDirectory() as folder:
        task = {"model": options.model, "batch": options.batch, "texts": texts}
        (Path(folder) / "texts.json").write_text(json.dumps(task), encoding="utf-8")
        for python, version in found:
            for way in ("library", "plain"):
                rows += against(options, python, version, way, folder, len(texts))
    print(json.dumps(rows, indent=1) if options.json else "\n".join(map(text_of, rows)))
    if options.strict and any(row["met"] is False or not row["equal"] for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
