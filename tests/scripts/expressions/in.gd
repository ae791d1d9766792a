print("b" in ["a", "b"], 2 in [1, 2, 3], 7 in [1, 2])   # expect: true true false
print("ell" in "hello", "x" in "hello", 2.5 in 1..5)    # expect: true false false
print(none in [1, 2], "1" in [1, 2], (1, 2) in [[1, 2]])   # expect: false false false
print([1, 2] in [[1, 2]], none in 1..3, none in tensor(3))   # expect: true false false
# expect stderr: "{value}" makes a string of any value
print(1 in "123")   # expect error: only a string can be in a string, this is a number
