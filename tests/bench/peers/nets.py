"""The nets of more than one peer's program: a small GPT, a residual net of eight layers."""
import math
from common import torch

torch = torch()
nn, F = torch.nn, torch.nn.functional
CLASSES, PLACES, WIDTH, HEADS, LAYERS = 65, 64, 128, 4, 4


class Block(nn.Module):
    def __init__(self, places, width, heads):
        super().__init__()
        self.count = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.heads, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.hidden = torch.ones(places, places, dtype=torch.bool).triu(1)  # no buffer: gloo sends no bools

    def forward(self, x):
        rows, places, width = x.shape
        q, k, v = (part.view(rows, places, self.count, -1).transpose(1, 2)
                   for part in self.heads(self.norm1(x)).split(width, 2))
        scores = (q @ k.transpose(-2, -1) / math.sqrt(width // self.count)).masked_fill(self.hidden, -math.inf)
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, places, width))
        return x + self.feed(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self, classes=CLASSES, places=PLACES, width=WIDTH, heads=HEADS, layers=LAYERS):
        super().__init__()
        self.table = nn.Embedding(classes, width, _weight=0.02 * torch.randn(classes, width))
        self.place = nn.Parameter(0.02 * torch.randn(places, width))
        self.blocks = nn.Sequential(*[Block(places, width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        return self.norm(self.blocks(self.table(x) + self.place)) @ self.table.weight.t()


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.part = nn.Sequential(*normed(c, c), nn.ReLU(), *normed(c, c))

    def forward(self, x):
        return F.relu(x + self.part(x))


def normed(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)


def res8():
    return nn.Sequential(
        *normed(3, 64), nn.ReLU(), Residual(64), nn.MaxPool2d(2), *normed(64, 128), nn.ReLU(), Residual(128),
        nn.MaxPool2d(2), *normed(128, 256), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))
