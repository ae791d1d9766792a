print(einsum("i->ii", ones(2)))   # expect error: axis i occurs twice in the result
