"""What the peers' programs share: settings, a timer, the line that run.sh reads.

OPENBLAS_CORETYPE and the pages that malloc keeps are set by run.sh, before Python starts; THREADS says how many threads."""
import os
import time

THREADS = int(os.environ.get("THREADS", "2"))


def torch():
    """torch, told how many threads it may use."""
    import torch
    torch.set_num_threads(THREADS)
    return torch


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median(values):
    return sorted(values)[len(values) // 2]


def tell(key, call, steps, turns=3, warm=1):
    """Prints microseconds a step: the median of `turns` calls that make so many steps each, after some to warm up."""
    for _ in range(warm):
        call()
    say(key, median([seconds(call) for _ in range(turns)]) / steps)


def say(key, taken):
    print(f"{key} {taken * 1e6:.4f}", flush=True)
