"""PyTorch's side of encoder.py: the same requests and answers as Benchmarks/Tensors. Needs PyTorch and numpy.

With sentence-transformers it is that library as it comes (`--way library`). Without, or with `--way plain`, it is the
same model in plain PyTorch modules, from the tokens that the Swift side wrote, in batches sorted by length.
"""

import json
import os
import sys
import time

opening = time.perf_counter()
import numpy
import torch
from torch.nn import functional

opening = time.perf_counter() - opening


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        numbers = bytearray(file.read())
    return {
        name: torch.from_numpy(numpy.frombuffer(numbers[slice(*entry["data_offsets"])], numpy.float32).copy())
        .view(entry["shape"])
        for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "F32"}


class PlainEncoder:
    """A BERT, padded to the longest sequence of a batch, with the mean over its tokens, of length one."""

    def __init__(self, model):
        with open(os.path.join(model, "config.json")) as file:
            self.config = json.load(file)
        self.weights = read_safetensors(os.path.join(model, "model.safetensors"))

    def linear(self, name, x):
        return functional.linear(x, self.weights[name + ".weight"], self.weights[name + ".bias"])

    def norm(self, name, x):
        weight, bias = (self.weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return functional.layer_norm(x, weight.shape, weight, bias, self.config["layer_norm_eps"])

    def attend(self, name, x, mask):
        rows, length, width = x.shape
        q, k, v = (
            self.linear(f"{name}.self.{part}", x).view(rows, length, self.config["num_attention_heads"], -1)
            .transpose(1, 2) for part in ("query", "key", "value"))
        if hasattr(functional, "scaled_dot_product_attention"):
            gathered = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        else:
            scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
            gathered = scores.masked_fill(~mask, -1e30).softmax(-1) @ v
        return gathered.transpose(1, 2).reshape(rows, length, width)

    def batch(self, sequences):
        length = max(map(len, sequences))
        tokens = torch.tensor([row + [0] * (length - len(row)) for row in sequences])
        real = torch.arange(length)[None] < torch.tensor([len(row) for row in sequences])[:, None]
        table = {part: self.weights[f"embeddings.{part}_embeddings.weight"]
                 for part in ("word", "position", "token_type")}
        x = table["word"][tokens] + table["position"][:length] + table["token_type"][0]
        x = self.norm("embeddings", x)
        for place in range(self.config["num_hidden_layers"]):
            layer = f"encoder.layer.{place}"
            gathered = self.attend(f"{layer}.attention", x, real[:, None, None])
            x = self.norm(f"{layer}.attention.output", x + self.linear(f"{layer}.attention.output.dense", gathered))
            hidden = functional.gelu(self.linear(f"{layer}.intermediate.dense", x))
            x = self.norm(f"{layer}.output", x + self.linear(f"{layer}.output.dense", hidden))
        sums = (x * real[..., None]).sum(1)
        return functional.normalize(sums / real.sum(1, keepdim=True))

    def encode(self, sequences, size):
        order = sorted(range(len(sequences)), key=lambda place: -len(sequences[place]))
        result = torch.empty(len(sequences), self.config["hidden_size"])
        with torch.inference_mode():
            for start in range(0, len(order), size):
                places = order[start:start + size]
                result[places] = self.batch([sequences[place] for place in places])
        return result.numpy()


class EncoderWork:
    def __init__(self, folder):
        with open(os.path.join(folder, "texts.json")) as file:
            self.task = json.load(file)
        if WAY == "library":
            self.model = SentenceTransformer(self.task["model"], device="cpu")
        else:
            self.model = PlainEncoder(self.task["model"])
            with open(os.path.join(folder, "tokens.json")) as file:
                self.tokens = json.load(file)

    def step(self):
        if WAY == "library":
            return self.model.encode(self.task["texts"], batch_size=self.task["batch"], show_progress_bar=False)
        return self.model.encode(self.tokens, self.task["batch"])

    def write(self, folder):
        self.step().astype("<f4").tofile(os.path.join(folder, "peer.f32"))
        if WAY == "library":
            tokens = [self.model.tokenizer(text, truncation=True, max_length=self.model.max_seq_length)["input_ids"]
                      for text in self.task["texts"]]
            with open(os.path.join(folder, "peer-tokens.json"), "w") as file:
                json.dump(tokens, file)


def serve():
    works = {}
    if threads := os.environ.get("TENSOR_BENCH_THREADS"):
        torch.set_num_threads(int(threads))
    answer(open=opening, torch=torch.__version__, threads=torch.get_num_threads(), peer=PEER)
    for line in sys.stdin:
        request, *words = line.split()
        if request == "make":
            works[words[0]] = EncoderWork(words[1])
            answer()
        elif request == "write":
            works[words[0]].write(words[1])
            answer()
        elif request == "run":
            step, count = works[words[0]].step, int(words[1])
            cpu, start = time.process_time(), time.perf_counter()
            for _ in range(count):
                step()
            answer(seconds=time.perf_counter() - start, cpu=time.process_time() - cpu)


def answer(**values):
    print(json.dumps(values), file=ANSWERS, flush=True)


if __name__ == "__main__":
    # Libraries print what they like; answers alone go to standard output.
    ANSWERS, sys.stdout = sys.stdout, sys.stderr
    WAY, PEER = "plain", f"plain PyTorch {torch.__version__}"
    if sys.argv[1:] != ["--way", "plain"]:
        try:
            import sentence_transformers
            from sentence_transformers import SentenceTransformer

            WAY, PEER = "library", f"sentence-transformers {sentence_transformers.__version__}, PyTorch {torch.__version__}"
        except ImportError:
            pass
    serve()
