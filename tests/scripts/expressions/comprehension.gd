# A comprehension gathers by the rule of brackets: numbers, bools or tensors of one shape make a
# tensor, anything else a list.
print([n^2 for n in 1..4])                                # expect: [1, 4, 9, 16]
print([n > 2 for n in 1..3])                              # expect: [false, false, true]
print([w for w in ["ant", "bee", "cat"] if "e" in w])     # expect: ["bee"]
print([a * b for (a, b) in zip([1, 2], [5, 6])])          # expect: [5, 12]
print(shape([zeros(2, 3) for _ in 1..4]))                 # expect: (4, 2, 3)
print([(k, s) for (k, s) in enumerate("xy")])             # expect: [(0, "x"), (1, "y")]
print([[r * c for c in 1..3] for r in 1..2])              # expect: [[1, 2, 3], [2, 4, 6]]
print([row[0] for row in [[1, 2], [3, 4]]])               # expect: [1, 3]
print([if n % 2 == 0 { "even" } else { n } for n in 1..2])    # expect: [1, "even"]
print(i32([16777217 + n for n in 0..1]))                  # expect: [16777217, 16777218]
