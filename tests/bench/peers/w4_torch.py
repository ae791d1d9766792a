"""W4 in torch: its LSTM and GRU, and a table of 50,000 vectors by Adam."""
from common import tell, torch

torch = torch()
nn, F = torch.nn, torch.nn.functional


class Characters(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.table, self.cell, self.head = nn.Embedding(65, 64), cell(64, 256, batch_first=True), nn.Linear(256, 65)

    def forward(self, x):
        return self.head(self.cell(self.table(x))[0])


def measure(key, net):
    xs, ys = torch.randint(0, 65, (1024, 64)), torch.randint(0, 65, (1024, 64))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

    def steps():
        for _ in range(10):
            chosen = torch.randint(0, 1024, (32,))
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(net(xs[chosen]).view(-1, 65), ys[chosen].view(-1)).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()

    tell(key, steps, 10)


measure("W4_lstm", Characters(nn.LSTM))
measure("W4_gru", Characters(nn.GRU))

table = nn.Embedding(50_000, 64)
rule = torch.optim.Adam(table.parameters(), lr=1e-3)
index, target = torch.randint(0, 50_000, (3200,)), torch.randn(3200, 64)


def steps():
    for _ in range(10):
        chosen = torch.randint(0, 3200, (32,))
        rule.zero_grad(set_to_none=True)
        F.mse_loss(table(index[chosen]), target[chosen]).backward()
        rule.step()


tell("W4_table", steps, 10)
