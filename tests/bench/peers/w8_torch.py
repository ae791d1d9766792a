"""W8 in torch, f64."""
from common import tell, torch

torch = torch()
p = torch.tensor([-1.2, 1.0], requires_grad=True, dtype=torch.float64)
optimizer = torch.optim.SGD([p], lr=1e-3)


def go(steps=1000):
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        x, y = p[0], p[1]
        ((1 - x) ** 2 + 100 * (y - x * x) ** 2).backward()
        optimizer.step()


tell("W8", go, 1000, turns=5)
