"""W8 in micrograd (not in Debian: found where PYTHONPATH says)."""
from common import tell
from micrograd.engine import Value


def go(steps=2000):
    a, b = -1.2, 1.0
    for _ in range(steps):
        x, y = Value(a), Value(b)
        loss = (1 - x) ** 2 + 100 * (y - x * x) ** 2
        loss.backward()
        a -= 1e-3 * x.grad
        b -= 1e-3 * y.grad
    return a, b


tell("W8", go, 2000, turns=5)
