# Classes in the order from before a shuffle would part the rows by the wrong ones.
seed(1)
let d = dataset(arange(8), i32([0, 0, 0, 0, 1, 1, 1, 1]))
let s = shuffle(d)
print(sum(split(s, 0.5, by: s.y)[0].y), sum(split(shuffle(d), 0.5, by: "y")[0].y))   # expect: 2 2
print(len(split(d, 0.5, by: d.y)[0]), len(split(s, 0.5, by: flip(d.x))[0]))   # expect: 4 4
print(attempt(fn() = folds(shuffle(d), 2, by: d.y)).ok)   # expect: false
split(s, 0.5, by: d.y)   # expect error: `by:` has the classes of these rows in another order
