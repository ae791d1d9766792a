print(top_k([[1, nan, 2]], [0], k: 1))   # expect error: top_k: a NaN is among the scores
