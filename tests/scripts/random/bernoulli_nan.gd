print(bernoulli([0.5, nan]))   # expect error: found NaN at [1]
