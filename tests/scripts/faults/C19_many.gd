print(einsum("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ->a", ones(2, 2)))   # expect error ~ .
