print(einsum("ijk,jk->i", ones(2, 2), ones(2, 2)))   # expect error ~ .
