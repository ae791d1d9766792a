# A fraction of the rows, rounded down, but not by what the fraction itself was rounded by; or so many rows.
let d = dataset([[1], [2], [3]], [1, 2, 3])
fn first(n, f) = len(split(arange(n), f)[0])
let (all, none_left) = split(d, 1)
print(len(all), len(none_left), len(split(d, 0)[0]), len(split(d, 0.99)[0]))           # expect: 3 0 0 2
print(first(10, 0.7), first(100, 0.29), first(10, 1 - 0.9), first(3, 1 / 3), first(10, 0.69))   # expect: 7 29 1 1 6
let counts = []
for f in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] { counts = push(counts, first(10, f)) }
print(counts)                                # expect: [1, 2, 3, 4, 5, 6, 7, 8, 9]
for f in [1, 5] / 6 { print(first(6, f), first(60, f)) }
# expect: 1 10
# expect: 5 50
print(len(split(d, rows: 2)[0]), len(split(d, rows: 0)[1]))                            # expect: 2 3
split(d, 2)                                  # expect error: from 0 to 1
