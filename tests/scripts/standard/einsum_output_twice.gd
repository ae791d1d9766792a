print(einsum("i->ii", ones(2)))   # expect error: axis i stands twice in the result
