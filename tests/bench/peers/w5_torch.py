"""W5 in torch: the same small GPT; `w5_torch.py large` has GPT-2's 124 million parameters."""
import sys
from common import tell, torch
from nets import PLACES, Gpt

torch = torch()
nn, F = torch.nn, torch.nn.functional
large = sys.argv[1:] == ["large"]
classes, rows, batch, steps = (50257, 400, 4, 4) if large else (65, 1200, 12, 20)

net = Gpt(classes, PLACES, 768, 12, 12) if large else Gpt()
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
xs, ys = (torch.randint(0, classes, (rows, PLACES)) for _ in range(2))


def train():
    for _ in range(steps):
        chosen = torch.randint(0, rows, (batch,))
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(xs[chosen]).view(-1, classes), ys[chosen].view(-1)).backward()
        if not large:
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()


tell("W5_gpt2" if large else "W5_gpt", train, steps)
