print((2, 3), (10,), (x: 1))          # expect: (2, 3) (10,) (x: 1)
print(("a", 1, none, true))           # expect: ("a", 1, none, true)
print(["a", "b"], [], list(1, "x"))   # expect: ["a", "b"] [] [1, "x"]
print(((1, 2), [3, 4]))               # expect: ((1, 2), [3, 4])
