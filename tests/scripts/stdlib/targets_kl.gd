print(kl_divergence([[-0.1, -2]], [[0.5, 0.5]]))   # expect error: exp(p) of logarithms
