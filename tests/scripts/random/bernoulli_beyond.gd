print(bernoulli(1.5, 2))   # expect error: from 0 to 1, not 1.5
