"""W9's tables in pandas, as far as gd has them: features as one array of f32, classes one column each, the target apart."""
import sys
import numpy as np
import pandas as pd
from common import tell

folder = sys.argv[1]


def numbers():
    d = pd.read_csv(f"{folder}/numbers.csv")
    return d.drop(columns="y").to_numpy(np.float32), d["y"].to_numpy(np.float32)


def mixed():
    d = pd.read_csv(f"{folder}/mixed.csv")
    y = d.pop("y").astype("category")
    return pd.get_dummies(d, columns=["colour"], dtype=np.float32).to_numpy(np.float32), y.cat.codes.to_numpy(np.int32)


tell("W9_csv", numbers, 1, turns=3)
tell("W9_csv_read", lambda: pd.read_csv(f"{folder}/numbers.csv"), 1, turns=3)
tell("W9_csv_mixed", mixed, 1, turns=3)
