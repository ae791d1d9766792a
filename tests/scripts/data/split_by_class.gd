# Parts with the classes in proportion, at least one of each where it can be; folds; rows stay in order.
let d = dataset(reshape(arange(12), 12, 1), [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
let (a, b) = split(d, 0.5, by: d.y)
print(a.y, b.y)                             # expect: [0, 0, 0, 0, 1, 2] [0, 0, 0, 0, 1, 1]
print(split(d, rows: 9, by: d.y)[0].x[:, 0])      # expect: [0, 1, 2, 3, 4, 5, 8, 9, 11]
print([sum(held.y == 0) for (rest, held) in folds(d, 4, by: d.y)])     # expect: [2, 2, 2, 2]
print([list(len(rest), held) for (rest, held) in folds(arange(5), 2)])   # expect: [[2, [0, 1, 2]], [3, [3, 4]]]
split(d, 0.5, by: [0.5])                    # expect error: `by:` has a class for each of the 12 rows
