"""W5 in torch: the same small GPT."""
import math
from common import tell, torch

torch = torch()
nn, F = torch.nn, torch.nn.functional
CLASSES, PLACES, WIDTH, HEADS, LAYERS, BATCH = 65, 64, 128, 4, 4, 12


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.heads, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))
        self.register_buffer("hidden", torch.ones(PLACES, PLACES, dtype=torch.bool).triu(1))

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


net = Gpt()
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
xs, ys = torch.randint(0, CLASSES, (1200, PLACES)), torch.randint(0, CLASSES, (1200, PLACES))


def steps():
    for _ in range(20):
        chosen = torch.randint(0, 1200, (BATCH,))
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(xs[chosen]).view(-1, CLASSES), ys[chosen].view(-1)).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()


tell("W5_gpt", steps, 20)
