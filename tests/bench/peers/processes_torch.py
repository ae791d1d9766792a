"""processes.gd's gpt and res8 in torch, on one process or on several by DistributedDataParallel with gloo.

    processes_torch.py MODEL PROCESSES STEPS

Prints microseconds a step: the median of three runs, of process 0, one thread each."""
import os
import sys
import tempfile

os.environ["OMP_NUM_THREADS"] = os.environ["THREADS"] = "1"
from common import median, seconds, torch
from nets import CLASSES, PLACES, Gpt, res8

torch = torch()
nn, F = torch.nn, torch.nn.functional


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
