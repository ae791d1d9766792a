"""W9 in numpy: w9_numpy.py FOLDER.  With `make` behind the folder it writes the NPZ and the safetensors file of x.npy."""
import json
import sys
import numpy as np
from common import tell

folder = sys.argv[1]


def make():
    x, y = np.load(f"{folder}/x.npy"), np.load(f"{folder}/y.npy")
    np.savez(f"{folder}/rows.npz", x=x, y=y)
    head = json.dumps({"x": {"dtype": "F32", "shape": list(x.shape), "data_offsets": [0, x.nbytes]}}).encode()
    head += b" " * (-len(head) % 8)
    with open(f"{folder}/rows.safetensors", "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        x.tofile(file)


def safetensors():
    with open(f"{folder}/rows.safetensors", "rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        return {name: np.fromfile(file, np.float32, int(np.prod(of["shape"]))).reshape(of["shape"]) for name, of in head.items()}


def standardize(rest, held):
    mean, spread = rest.mean(0), rest.std(0)
    return (rest - mean) / spread, (held - mean) / spread


def one_hot(y):
    z = np.zeros((len(y), 10), np.float32)
    z[np.arange(len(y)), y] = 1
    return z


def shuffle(x, y):
    order = np.random.default_rng().permutation(len(x))
    return x[order], y[order]


def npz():
    with np.load(f"{folder}/rows.npz") as file:
        return file["x"], file["y"]


def main():
    def csv():
        a = np.loadtxt(f"{folder}/numbers.csv", np.float32, delimiter=",", skiprows=1)
        return a[:, :-1], a[:, -1]

    tell("W9_csv", csv, 1, turns=1, warm=0)
    x, y = np.load(f"{folder}/x.npy"), np.load(f"{folder}/y.npy")
    rest, held = x[:48000], x[48000:]
    tell("W9_standardize", lambda: standardize(rest, held), 1, turns=5)
    tell("W9_one_hot", lambda: one_hot(y), 1, turns=5)
    tell("W9_shuffle", lambda: shuffle(x, y), 1, turns=5)
    tell("W9_npz", npz, 1, turns=5)
    tell("W9_safetensors", safetensors, 1, turns=5)


make() if sys.argv[2:] else main()
