print(LayerNorm(2, eps: -1))      # expect error: eps
