# NaN, and rows in which no class is possible, are told by their place, with and without filters.
print(attempt(fn() = sample([1, nan, 2], top_k: 2)).error)   # expect: sample: logits are numbers, or -inf for classes that are out: found NaN at [1]
print(attempt(fn() = sample([[nan, 1], [2, 3]], temperature: 0)).error)   # expect: sample: logits are numbers, or -inf for classes that are out: found NaN at [0, 0]
print(attempt(fn() = sample([[0, 1], [-inf, -inf]], top_p: 0.5)).error)   # expect: sample: a row of logits needs a class that is above -inf: found -inf at [1, 0]
print(sample([[0, -inf], [-inf, 2]], min_p: 0.1))   # expect: [0, 1]
