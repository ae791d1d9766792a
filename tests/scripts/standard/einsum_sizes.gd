print(einsum("ii->i", ones(2, 3)))   # expect error: axis i of `einsum` is 2 in one tensor and 3 in another
