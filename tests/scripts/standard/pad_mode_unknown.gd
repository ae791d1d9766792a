print(pad([1, 2], 1, mode: "symmetric"))   # expect error: "constant", "reflect", "edge" or "wrap", not "symmetric"
