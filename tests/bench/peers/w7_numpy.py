"""W7 in numpy, its gradient by hand; what is met twice is worked out once."""
import numpy as np
from common import tell


def measure(keys, n, steps):
    x = np.random.default_rng(0).standard_normal(n).astype(np.float32)
    a, b = np.float32(1.5), np.float32(0.3)

    def go():
        for _ in range(steps):
            t = np.tanh(a * x + b)
            s = 1 / (1 + np.exp(-x))
            ts = t * s
            loss = (ts - x * x).sum()
            db = (1 - t * t) * s
            dx = a * db + ts * (1 - s) - 2 * x
            da, db = (db * x).sum(), db.sum()
        return loss, dx, da, db

    for key in keys:
        tell(key, go, steps, turns=5)


measure(["W7_1e7", "W7_1e7_host"], 10_000_000, 1)
measure(["W7_1e3", "W7_1e3_host"], 1000, 300)
