let z = sample([1, 2], top_p: 0)                   # expect error: `top_p` is 0, it must be above 0
