print(einsum("ij->k", ones(2, 2)))   # expect error: k
