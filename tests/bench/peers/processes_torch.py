"""processes.gd's gpt and res8 in torch, on one process or on several by DistributedDataParallel with gloo.

    processes_torch.py MODEL PROCESSES STEPS

Prints microseconds a step: the median of three runs, of process 0, one thread each."""
import math
import os
import sys
import tempfile

os.environ["OMP_NUM_THREADS"] = os.environ["THREADS"] = "1"
from common import median, seconds, torch

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


def run(rank, kind, processes, count, meeting):
    torch.manual_seed(5)
    torch.set_num_threads(1)
    net, batch = (Gpt(), 16) if kind == "gpt" else (res8(), 64)
    if processes > 1:
        torch.distributed.init_process_group("gloo", f"file://{meeting}", rank=rank, world_size=processes)
        net = nn.parallel.DistributedDataParallel(net)
    if kind == "gpt":
        xs, ys = torch.randint(0, CLASSES, (1200, PLACES)), torch.randint(0, CLASSES, (1200, PLACES))
    else:
        xs, ys = torch.rand(512, 3, 32, 32), torch.randint(0, 10, (512,))
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.01)

    def steps(count):
        for _ in range(count):
            chosen = torch.randint(0, len(xs), (batch // processes,))
            optimizer.zero_grad(set_to_none=True)
            y = net(xs[chosen])
            F.cross_entropy(y.view(-1, y.shape[-1]), ys[chosen].view(-1)).backward()
            optimizer.step()

    steps(2)
    taken = median([seconds(lambda: steps(count)) for _ in range(3)]) / count
    if rank == 0:
        print(f"{taken * 1e6:.1f}", flush=True)


if __name__ == "__main__":
    kind, processes, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        if processes == 1:
            run(0, kind, 1, count, "")
        else:
            import torch.multiprocessing
            torch.multiprocessing.spawn(run, (kind, processes, count, folder + "/meeting"), nprocs=processes)
