# What gathers nothing is a list, which reductions, len and concat take as an empty tensor.
let none_left = [n for n in 1..3 if n > 9]
print(none_left, type(none_left), len(none_left))         # expect: [] list 0
print(sum(none_left), prod([]))                           # expect: 0 1
print(concat([1, 2], none_left))                          # expect: [1, 2]
print([n for n in 2..1])                                  # expect: []
print(norm(none_left), unique([]), nonzero([]), bincount([]), unique(list(2, 1, 2)))   # expect: 0 [] [] [] [1, 2]
