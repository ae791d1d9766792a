"""W3 in torch: LeNet, a residual net of eight layers, a convolution alone; the better of plain and channels_last."""
from common import median, say, seconds, torch
from nets import res8

torch = torch()
nn, F = torch.nn, torch.nn.functional


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def both(key, make, steps):
    """`make(format)` gives a function that makes one step."""
    best = None
    for form in (torch.contiguous_format, torch.channels_last):
        step = make(form)
        for _ in range(2):
            step()
        taken = median([seconds(lambda: [step() for _ in range(steps)]) for _ in range(3)]) / steps
        best = taken if best is None else min(best, taken)
    say(key, best)


def training(net, x):
    labels = torch.randint(0, 10, (len(x),))

    def make(form):
        rows, part = x.contiguous(memory_format=form), net().to(memory_format=form)
        optimizer = torch.optim.SGD(part.parameters(), lr=0.01)

        def step():
            chosen = torch.randint(0, len(rows), (64,))
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(part(rows[chosen].contiguous(memory_format=form)), labels[chosen]).backward()
            optimizer.step()

        return step

    return make


def alone(x, w, groups):
    padding = w.shape[2] // 2
    dy = torch.randn(x.shape[0], w.shape[0], *x.shape[2:])

    def make(form):
        a, b, c = (t.contiguous(memory_format=form) for t in (x, w, dy))
        a.requires_grad_()
        b.requires_grad_()

        def step():
            a.grad = b.grad = None
            (F.conv2d(a, b, padding=padding, groups=groups) * c).sum().backward()

        return step

    return make


both("W3_lenet", training(lenet, torch.rand(6400, 1, 28, 28)), 100)
both("W3_res8", training(res8, torch.rand(512, 3, 32, 32)), 2)
both("W3_depth3", alone(torch.randn(16, 64, 32, 32), torch.randn(64, 1, 3, 3), 64), 20)
both("W3_depth5", alone(torch.randn(16, 128, 14, 14), torch.randn(128, 1, 5, 5), 128), 20)
both("W3_few1", alone(torch.randn(64, 1, 28, 28), torch.randn(6, 1, 5, 5), 1), 20)
both("W3_few3", alone(torch.randn(64, 3, 32, 32), torch.randn(16, 3, 3, 3), 1), 20)
