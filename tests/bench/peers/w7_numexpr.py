"""W7 in numexpr, its gradient by hand."""
import numexpr
import numpy as np
from common import THREADS, tell

numexpr.set_num_threads(THREADS)


def measure(keys, n, steps):
    x = np.random.default_rng(0).standard_normal(n).astype(np.float32)
    a, b = np.float32(1.5), np.float32(0.3)

    def go(x=x, a=a, b=b):
        for _ in range(steps):
            t = numexpr.evaluate("tanh(a * x + b)")
            s = numexpr.evaluate("1 / (1 + exp(-x))")
            loss = numexpr.evaluate("sum(t * s - x * x)")
            u = numexpr.evaluate("(1 - t * t) * s")
            dx = numexpr.evaluate("u * a + t * s * (1 - s) - 2 * x")
            da, db = numexpr.evaluate("sum(u * x)"), numexpr.evaluate("sum(u)")
        return loss, dx, da, db

    for key in keys:
        tell(key, go, steps, turns=5)


measure(["W7_1e7", "W7_1e7_host"], 10_000_000, 1)
measure(["W7_1e3", "W7_1e3_host"], 1000, 300)
