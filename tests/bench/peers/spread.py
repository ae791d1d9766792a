#!/usr/bin/python3
"""Whose trajectory is right: gd's, PyTorch's, or neither to the digit?

    /usr/bin/python3 tests/bench/peers/spread.py [GD]

Each optimizer makes 100 and 1,000 steps on the function of tests/scripts/stdlib/optimizers_torch.gd, from the same values, in f64:
by gd, by PyTorch, by PyTorch after one weight moved by its last place (each of the seven, up and down), and in arithmetic
of 80 digits with the hyperparameters as doubles, which is what the algorithm says.  Printed are the largest differences: of both
from the true values, of one from the other, and the spread.  Where gd is no farther from the truth than PyTorch's spread,
neither is wrong: the steps themselves magnify a rounding by that much.  Status 1 where gd is farther than that, and than 1e-12.
"""
import math, subprocess, sys, tempfile
import torch
from mpmath import mp, mpf

mp.dps = 80
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
GD = sys.argv[1] if len(sys.argv) > 1 else "build/release/gd"
START = [1.0, -2.0, 0.5, 0.3, -0.7, 1.1, 0.2]

FUNCTION = """precision(f64)
let (w, m) = (param([1, -2, 0.5]), param([[0.3, -0.7], [1.1, 0.2]]))
train w, m {{
  loss: (w[0] - 1)^4 + (w[0] * w[1] - w[2])^2 + 0.1 * sum(w^2) + sum((m @ m' - [[2, 0.5], [0.5, 1]])^2) + sin(sum(m) * w[1])
  optimizer: {0}
  steps: {1}
  quiet: true
}}
for x in flatten_tree((w, m)).0 {{ print("{{x:.17g}}") }}
"""


def by_gd(call, steps):
    with tempfile.NamedTemporaryFile("w", suffix=".gd") as script:
        script.write(FUNCTION.format(call, steps))
        script.flush()
        out = subprocess.run([GD, "--quiet", script.name], capture_output=True, text=True, check=True)
    return [float(line) for line in out.stdout.split()]


def by_torch(make, steps, start):
    w = torch.tensor(start[:3], requires_grad=True)
    m = torch.tensor([start[3:5], start[5:]], requires_grad=True)
    a = torch.tensor([[2, 0.5], [0.5, 1]])
    optimizer = make([w, m])
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (w[0] - 1) ** 4 + (w[0] * w[1] - w[2]) ** 2 + 0.1 * (w**2).sum()
        loss = loss + ((m @ m.T - a) ** 2).sum() + torch.sin(m.sum() * w[1])
        loss.backward()
        optimizer.step()
    return w.tolist() + m.flatten().tolist()


def gradient(x):
    w0, w1, w2, a, b, c, d = x
    off, total = w0 * w1 - w2, a + b + c + d
    turn = mp.cos(total * w1)
    p, q, r = a * a + b * b - 2, a * c + b * d - mpf(0.5), c * c + d * d - 1
    return [
        4 * (w0 - 1) ** 3 + 2 * off * w1 + 2 * mpf(0.1) * w0,
        2 * off * w0 + 2 * mpf(0.1) * w1 + turn * total,
        -2 * off + 2 * mpf(0.1) * w2,
        4 * (p * a + q * c) + turn * w1,
        4 * (p * b + q * d) + turn * w1,
        4 * (q * a + r * c) + turn * w1,
        4 * (q * b + r * d) + turn * w1,
    ]


def exactly(step, steps):
    x, states = [mpf(v) for v in START], [{} for _ in START]
    for t in range(1, steps + 1):
        x = [step(v, g, s, t) for v, g, s in zip(x, gradient(x), states)]
    return x


def sgd(lr, momentum, nesterov=False, decay=0.0):
    def step(p, g, s, t):
        g = g + mpf(decay) * p
        s["v"] = mpf(momentum) * s["v"] + g if t > 1 else g
        return p - mpf(lr) * (g + mpf(momentum) * s["v"] if nesterov else s["v"])

    return step


def adadelta(lr, rho=0.9, eps=1e-6):
    def step(p, g, s, t):
        s["s"] = mpf(rho) * s.get("s", 0) + mpf(1 - rho) * g * g
        d = mp.sqrt(s.get("u", 0) + mpf(eps)) / mp.sqrt(s["s"] + mpf(eps)) * g
        s["u"] = mpf(rho) * s.get("u", 0) + mpf(1 - rho) * d * d
        return p - mpf(lr) * d

    return step


def rmsprop(lr, momentum=0.0, decay=0.0, centered=False, alpha=0.99, eps=1e-8):
    def step(p, g, s, t):
        g = g + mpf(decay) * p
        s["s"] = mpf(alpha) * s.get("s", 0) + mpf(1 - alpha) * g * g
        s["m"] = mpf(alpha) * s.get("m", 0) + mpf(1 - alpha) * g
        scale = mp.sqrt(s["s"] - s["m"] ** 2 if centered else s["s"]) + mpf(eps)
        s["v"] = mpf(momentum) * s.get("v", 0) + g / scale
        return p - mpf(lr) * s["v"]

    return step


def adam(lr, beta1=0.9, beta2=0.999, eps=1e-8):
    def step(p, g, s, t):
        s["m"] = mpf(beta1) * s.get("m", 0) + mpf(1 - beta1) * g
        s["v"] = mpf(beta2) * s.get("v", 0) + mpf(1 - beta2) * g * g
        # the corrections in doubles, as both have them: they are numbers of the step
        first, root = 1 - beta1**t, math.sqrt(1 - beta2**t)
        return p - mpf(lr / first) * s["m"] / (mp.sqrt(s["v"]) / mpf(root) + mpf(eps))

    return step


O = torch.optim
ROWS = [
    ("Adadelta(lr: 1)", lambda p: O.Adadelta(p, lr=1.0), adadelta(1.0)),
    ("RMSprop(lr: 0.01)", lambda p: O.RMSprop(p, lr=0.01), rmsprop(0.01)),
    ("RMSprop(lr: 0.01, momentum: 0.5, weight_decay: 0.1)", lambda p: O.RMSprop(p, lr=0.01, momentum=0.5, weight_decay=0.1), rmsprop(0.01, 0.5, 0.1)),
    ("RMSprop(lr: 0.01, centered: true)", lambda p: O.RMSprop(p, lr=0.01, centered=True), rmsprop(0.01, centered=True)),
    ("Adam(lr: 0.02)", lambda p: O.Adam(p, lr=0.02), adam(0.02)),
    ("SGD(lr: 0.01, momentum: 0.9)", lambda p: O.SGD(p, lr=0.01, momentum=0.9), sgd(0.01, 0.9)),
    ("SGD(lr: 0.01, momentum: 0.9, nesterov: true, weight_decay: 0.1)", lambda p: O.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1), sgd(0.01, 0.9, True, 0.1)),
]


def apart(a, b):
    return float(max(abs(mpf(x) - mpf(y)) for x, y in zip(a, b)))


def moved():
    for i in range(len(START)):
        for way in (-math.inf, math.inf):
            start = list(START)
            start[i] = float(torch.nextafter(torch.tensor(start[i]), torch.tensor(way)))
            yield start


wrong = False
print(f"{'steps':>5} {'gd - true':>10} {'torch - true':>12} {'gd - torch':>10} {'torch moved':>11}")
for call, make, step in ROWS:
    print(call)
    for steps in (100, 1000):
        true, gd, torchs = exactly(step, steps), by_gd(call, steps), by_torch(make, steps, START)
        spread = max(apart(by_torch(make, steps, start), torchs) for start in moved())
        print(f"{steps:5} {apart(gd, true):10.2g} {apart(torchs, true):12.2g} {apart(gd, torchs):10.2g} {spread:11.2g}", flush=True)
        wrong = wrong or apart(gd, true) > max(1e-12, spread)
sys.exit(wrong)
