print(einsum("...i,...i->...i", ones(2, 3), ones(4, 3)))   # expect error: is 2 in one tensor and 4 in another
