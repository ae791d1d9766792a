print("b" in ["a", "b"], 2 in [1, 2, 3], 7 in [1, 2])   # expect: true true false
print("ell" in "hello", "x" in "hello", 2.5 in 1..5)    # expect: true false false
