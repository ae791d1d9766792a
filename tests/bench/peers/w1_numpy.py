"""W1 in numpy, its gradient worked out by hand."""
import numpy as np
from common import tell

rng = np.random.default_rng(0)
x = rng.standard_normal((100, 1)).astype(np.float32)
y = 2 * x + 3 + 0.1 * rng.standard_normal((100, 1)).astype(np.float32)
w = np.zeros((1, 1), np.float32)
b = np.zeros(1, np.float32)


def go(steps=2000):
    global w, b
    for _ in range(steps):
        rest = x @ w + b - y
        loss = (rest * rest).mean()
        g = rest * np.float32(2 / 100)
        w -= np.float32(0.01) * (x.T @ g)
        b -= np.float32(0.01) * g.sum(0)
    return loss


tell("W1", go, 2000, turns=5)
