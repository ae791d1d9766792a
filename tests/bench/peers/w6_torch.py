"""W6 in torch: the step of its optimizers alone, over ten million parameters whose gradient is there; the better of its two ways."""
from common import median, say, seconds, torch

torch = torch()


def measure(keys, make):
    best = None
    for foreach in (False, True):
        p = torch.nn.Parameter(torch.randn(10_000_000))
        p.grad = torch.randn(10_000_000)
        optimizer = make([p], foreach)
        for _ in range(2):
            optimizer.step()
        taken = median([seconds(optimizer.step) for _ in range(7)])
        best = taken if best is None else min(best, taken)
    for key in keys:
        say(key, best)


measure(["W6_adam", "W6_adam_own"], lambda p, foreach: torch.optim.Adam(p, foreach=foreach))
measure(["W6_sgdm"], lambda p, foreach: torch.optim.SGD(p, lr=0.01, momentum=0.9, foreach=foreach))
