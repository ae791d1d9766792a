"""W7 in torch: the better of plain and torch.jit.script."""
from common import median, say, seconds, torch

torch = torch()


def curve(x, a, b):
    return (torch.tanh(a * x + b) * torch.sigmoid(x) - x ** 2).sum()


def measure(keys, n, steps):
    best = None
    for f in (curve, torch.jit.script(curve)):
        x = torch.randn(n, requires_grad=True)
        a = torch.tensor(1.5, requires_grad=True)
        b = torch.tensor(0.3, requires_grad=True)

        def go():
            for _ in range(steps):
                x.grad = a.grad = b.grad = None
                f(x, a, b).backward()

        go()
        go()
        taken = median([seconds(go) for _ in range(5)]) / steps
        best = taken if best is None else min(best, taken)
    for key in keys:
        say(key, best)


measure(["W7_1e7", "W7_1e7_host"], 10_000_000, 1)
measure(["W7_1e3", "W7_1e3_host"], 1000, 300)
