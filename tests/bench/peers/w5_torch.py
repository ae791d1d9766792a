"""W5 in torch: the same small GPT."""
from common import tell, torch
from nets import CLASSES, PLACES, Gpt

torch = torch()
nn, F = torch.nn, torch.nn.functional
BATCH = 12

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
