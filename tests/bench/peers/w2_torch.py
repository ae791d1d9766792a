"""W2 in torch: `w2_torch.py FOLDER [wide]`; the data is what w2_data.gd wrote."""
import sys
import numpy as np
from common import tell, torch

torch = torch()
nn = torch.nn
wide = len(sys.argv) > 2
rows, batch, sizes = (12800, 128, [784, 512, 512, 10]) if wide else (60000, 64, [784, 128, 10])
images = torch.from_numpy(np.load(sys.argv[1] + "/x.npy"))[:rows]
labels = torch.from_numpy(np.load(sys.argv[1] + "/y.npy").astype(np.int64))[:rows]
steps = (rows + batch - 1) // batch


def measure(name, rule):
    parts = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        parts += [nn.Linear(inputs, outputs), nn.ReLU()]
    net = nn.Sequential(*parts[:-1])
    optimizer = rule(net.parameters())

    def epoch():
        order = torch.randperm(rows)
        for at in range(0, rows, batch):
            chosen = order[at:at + batch]
            optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(net(images[chosen]), labels[chosen]).backward()
            optimizer.step()

    tell(f"W2{'wide' if wide else ''}_{name}", epoch, steps)


measure("sgd", lambda p: torch.optim.SGD(p, lr=0.1))
measure("adam", lambda p: torch.optim.Adam(p, lr=1e-3))
