"""The peers of Benchmarks/preferences.py: scikit-learn's logistic regression and a reward network in PyTorch."""

import json
import sys
import time

import numpy as np

work, folder = sys.argv[1], sys.argv[2]
count, features = (int(sys.argv[3]), int(sys.argv[4])) if work != "data" else (0, 0)


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


def data():
    """Logistic regression and a reward network on the differences that preference-bench wrote."""
    with open(f"{folder}/shape.json") as file:
        shape = json.load(file)

    def part(name):
        y, c = read(f"{name}.labels.bin", (-1,)), read(f"{name}.weights.bin", (-1,))
        if shape["sparse"]:
            import scipy.sparse

            ends = np.fromfile(f"{folder}/{name}.ends.bin", dtype=np.int64)
            columns = np.fromfile(f"{folder}/{name}.columns.bin", dtype=np.int64)
            x = scipy.sparse.csr_matrix(
                (read(f"{name}.values.bin", (-1,)), columns, np.concatenate([[0], ends])),
                shape=(len(y), shape["features"]))
        else:
            x = read(f"{name}.values.bin", (len(y), shape["features"]))
        return x, y, c

    (x, y, c), (tx, ty, tc) = part("train"), part("test")

    def judged(name, d):
        decided = ty != 0.5
        hits = np.where(d == 0, 0.5, (d > 0) == (ty > 0.5))[decided]
        loss = np.logaddexp(0, -d) + (1 - ty) * d
        return {"name": name, "accuracy": float(hits.mean()), "logLoss": float(loss.mean())}

    found = []
    try:
        import sklearn
        from sklearn.linear_model import LogisticRegression

        # A soft label is two rows, one for each answer.
        stack = __import__("scipy.sparse", fromlist=["vstack"]).vstack if shape["sparse"] else np.vstack
        model = LogisticRegression(C=1 / (shape["ridge"] * c.sum()), fit_intercept=False, max_iter=2000, tol=1e-6)
        model.fit(stack([x, x]), np.concatenate([np.ones(len(y)), np.zeros(len(y))]),
                  sample_weight=np.concatenate([c * y, c * (1 - y)]) + 1e-300)
        found.append(judged(f"scikit-learn {sklearn.__version__} logistic", tx @ model.coef_[0]))
    except ImportError:
        pass
    try:
        import torch

        if not shape["sparse"]:
            torch.manual_seed(1)
            first = [torch.tensor(read(f"{n}.{s}.bin", (-1, shape["features"])), dtype=torch.float32)
                     for n in ("train", "test") for s in ("first", "second")]
            both = torch.cat(first[:2])
            mean, scale = both.mean(0), both.std(0).clamp(min=1e-6)
            a, b, ta, tb = [(z - mean) / scale for z in first]
            net = torch.nn.Sequential(torch.nn.Linear(shape["features"], 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
            optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-4)
            labels = torch.tensor(y, dtype=torch.float32)
            units = np.fromfile(f"{folder}/train.units.bin", dtype=np.int64)
            held = np.isin(units, np.random.default_rng(1).permutation(np.unique(units))[:max(1, len(np.unique(units)) // 10)])
            train, valid = torch.tensor(np.flatnonzero(~held)), torch.tensor(np.flatnonzero(held))
            loss = lambda d, t: torch.nn.functional.binary_cross_entropy_with_logits(d, t)
            best, state, bad = float("inf"), None, 0
            for step in range(2000):
                batch = train[torch.randint(len(train), (256,))]
                value = loss((net(a[batch]) - net(b[batch])).view(-1), labels[batch])
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                if (step + 1) % 25 == 0:
                    with torch.no_grad():
                        now = loss((net(a[valid]) - net(b[valid])).view(-1), labels[valid]).item()
                    if now < best:
                        best, bad, state = now, 0, {k: v.clone() for k, v in net.state_dict().items()}
                    else:
                        bad += 1
                        if bad >= 10:
                            break
            net.load_state_dict(state)
            with torch.no_grad():
                d = (net(ta) - net(tb)).view(-1).double().numpy()
            found.append(judged(f"PyTorch {torch.__version__} MLP", d))
    except ImportError:
        pass
    print(json.dumps(found))


{"data": data, "make": make, "linear": linear, "neural": neural}[work]()
