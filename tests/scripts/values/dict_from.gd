# From pairs, tuples with names, other dicts; what comes later replaces.
let base = dict(lr: 0.1, steps: 5)
print(dict(base, lr: 0.5), dict((x: 1, y: 2)), dict([("a", 1), ("b", 2)]))    # expect: dict(lr: 0.5, steps: 5) dict(x: 1, y: 2) dict(a: 1, b: 2)
let t = (x: 1, y: 2)
print(t["y"], get(t, "z", 0), values(t))        # expect: 2 0 [1, 2]
let counts = dict()
for c in "banana" { counts[c] = get(counts, c, 0) + 1 }
print(counts)                                   # expect: dict(b: 1, a: 3, n: 2)
print(dict(("if", 1)), dict())                  # expect: dict(("if", 1)) dict()
