let y = gamma_lpdf(2, 1, 1)   # expect error: `a * log(b) - lgamma(a) + (a - 1) * log(x) - b * x`
