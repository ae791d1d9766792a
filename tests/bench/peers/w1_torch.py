"""W1 in torch: nn.Linear, MSELoss, SGD; the step as its tutorials write it."""
from common import tell, torch

torch = torch()
x = torch.randn(100, 1)
y = 2 * x + 3 + 0.1 * torch.randn(100, 1)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loss = torch.nn.MSELoss()


def go(steps=1000):
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        loss(model(x), y).backward()
        optimizer.step()


tell("W1", go, 1000, turns=5)
