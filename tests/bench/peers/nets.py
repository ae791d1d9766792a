"""The nets of more than one peer's program: a small GPT, a residual net of eight layers."""
import math
from common import torch

torch = torch()
nn, F = torch.nn, torch.nn.functional
CLASSES, PLACES, WIDTH, HEADS, LAYERS = 65, 64, 128, 4, 4


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.heads, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))
        self.hidden = torch.ones(PLACES, PLACES, dtype=torch.bool).triu(1)  # no buffer: gloo sends no bools

    def forward(self, x):
        rows = x.shape[0]
        q, k, v = (part.view(rows, PLACES, HEADS, -1).transpose(1, 2) for part in self.heads(self.norm1(x)).split(WIDTH, 2))
        scores = (q @ k.transpose(-2, -1) / math.sqrt(WIDTH // HEADS)).masked_fill(self.hidden, -math.inf)
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, PLACES, WIDTH))
        return x + self.feed(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.place = nn.Embedding(CLASSES, WIDTH), nn.Parameter(0.02 * torch.randn(PLACES, WIDTH))
        self.blocks, self.norm = nn.Sequential(*[Block() for _ in range(LAYERS)]), nn.LayerNorm(WIDTH)

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
