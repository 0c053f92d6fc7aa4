"""The peers of Benchmarks/preferences.py: scikit-learn's logistic regression and a reward network in PyTorch."""

import json
import sys
import time

import numpy as np

work, folder, count, features = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def read(name, shape):
    return np.fromfile(f"{folder}/{name}", dtype=np.float64).reshape(shape)


def make():
    random = np.random.default_rng(1)
    first = random.normal(size=(count, features))
    second = random.normal(size=(count, features))
    utility = random.normal(size=features) / np.sqrt(features) * 2
    p = 1 / (1 + np.exp(-(first - second) @ utility))
    first.tofile(f"{folder}/first.bin")
    second.tofile(f"{folder}/second.bin")
    (random.random(count) < p).astype(np.float64).tofile(f"{folder}/labels.bin")


def linear():
    import sklearn
    from sklearn.linear_model import LogisticRegression

    ridge, repeats = float(sys.argv[5]), int(sys.argv[6])
    first, second = read("first.bin", (count, features)), read("second.bin", (count, features))
    y = read("labels.bin", (count,))
    seconds, bare = [], []
    for _ in range(repeats):
        model = LogisticRegression(C=1 / (ridge * count), fit_intercept=False)
        start = time.perf_counter()
        x = first - second
        middle = time.perf_counter()
        model.fit(x, y)
        seconds.append(time.perf_counter() - start)
        bare.append(time.perf_counter() - middle)
    w = model.coef_[0]
    d = x @ w
    loss = np.mean(np.logaddexp(0, -d) + (1 - y) * d) + ridge / 2 * w @ w
    print(json.dumps({"name": f"scikit-learn {sklearn.__version__}", "seconds": seconds, "bare": bare,
                      "loss": float(loss)}))


def neural():
    import torch

    steps, repeats = int(float(sys.argv[5])), int(sys.argv[6])
    first = torch.tensor(read("first.bin", (count, features)), dtype=torch.float32)
    second = torch.tensor(read("second.bin", (count, features)), dtype=torch.float32)
    labels = torch.tensor(read("labels.bin", (count,)), dtype=torch.float32)
    seconds = []
    for _ in range(repeats):
        torch.manual_seed(1)
        start = time.perf_counter()
        both = torch.cat([first, second])
        mean, scale = both.mean(0), both.std(0)
        a, b = (first - mean) / scale, (second - mean) / scale
        net = torch.nn.Sequential(torch.nn.Linear(features, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-4)
        order, place, losses = torch.randperm(count), 0, []
        for _ in range(steps):
            if place + 256 > count:
                order, place = torch.randperm(count), 0
            batch = order[place:place + 256]
            place += 256
            scores = net(torch.cat([a[batch], b[batch]])).view(2, -1)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores[0] - scores[1], labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"name": f"PyTorch {torch.__version__}", "seconds": seconds,
                      "loss": sum(losses[-20:]) / 20}))


{"make": make, "linear": linear, "neural": neural}[work]()
