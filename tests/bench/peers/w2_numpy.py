"""W2 in numpy, gradients by hand, in place where numpy can: `w2_numpy.py FOLDER [wide]`."""
import sys
import numpy as np
from common import tell

wide = len(sys.argv) > 2
rows, batch, sizes = (12800, 128, [784, 512, 512, 10]) if wide else (60000, 64, [784, 128, 10])
images = np.load(sys.argv[1] + "/x.npy")[:rows]
labels = np.load(sys.argv[1] + "/y.npy")[:rows]
steps = (rows + batch - 1) // batch
rng = np.random.default_rng(0)
f = np.float32


class Adam:
    def __init__(self, params):
        self.t = 0
        self.means = [np.zeros_like(p) for p in params]
        self.squares = [np.zeros_like(p) for p in params]

    def step(self, params, grads):
        self.t += 1
        rate, unbias = f(1e-3 / (1 - 0.9 ** self.t)), f(1 / (1 - 0.999 ** self.t))
        for p, g, m, v in zip(params, grads, self.means, self.squares):
            m *= f(0.9)
            m += f(0.1) * g
            v *= f(0.999)
            g *= g
            g *= f(0.001)
            v += g
            root = np.sqrt(v * unbias)
            root += f(1e-8)
            np.divide(m, root, out=root)
            root *= rate
            p -= root


class Descent:
    def __init__(self, params):
        pass

    def step(self, params, grads):
        for p, g in zip(params, grads):
            g *= f(0.1)
            p -= g


def measure(name, rule):
    weights = [(rng.standard_normal(pair) * (2 / pair[0]) ** 0.5).astype(f) for pair in zip(sizes, sizes[1:])]
    offsets = [np.zeros(n, f) for n in sizes[1:]]
    params = weights + offsets
    optimizer = rule(params)

    def step(x, y):
        values = [x]
        for k, (w, b) in enumerate(zip(weights, offsets)):
            z = values[-1] @ w
            z += b
            if k < len(weights) - 1:
                np.maximum(z, 0, out=z)
            values.append(z)
        g = values[-1]
        g -= g.max(1, keepdims=True)
        np.exp(g, out=g)
        g /= g.sum(1, keepdims=True)
        place = (np.arange(len(y)), y)
        loss = -np.log(g[place] + f(1e-30)).mean()
        g[place] -= 1
        g *= f(1 / len(y))
        grads = [None] * len(params)
        for k in range(len(weights) - 1, -1, -1):
            grads[k] = values[k].T @ g
            grads[len(weights) + k] = g.sum(0)
            if k:
                g = g @ weights[k].T
                g *= values[k] > 0
        optimizer.step(params, grads)
        return loss

    def epoch():
        order = rng.permutation(rows)
        for at in range(0, rows, batch):
            chosen = order[at:at + batch]
            step(images[chosen], labels[chosen])

    tell(f"W2{'wide' if wide else ''}_{name}", epoch, steps)


measure("sgd", Descent)
measure("adam", Adam)
