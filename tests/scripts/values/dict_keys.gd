# Keys are strings, numbers and bools: `1` and `true` are two, 0 and -0 one.
let d = dict(("a b", 1), (2, "c"), (true, "yes"), (1, "one"), (0, "nought"))
print(d)                                        # expect: dict(("a b", 1), (2, "c"), (true, "yes"), (1, "one"), (0, "nought"))
print(d["a b"], d[2], d[true], d[1], d[-0])     # expect: 1 c yes one nought
let xs = [0.1, 2]
d[0.1] = "tenth"
print(d[xs[0]], d[xs[1]], d[i32(xs)[1]])        # expect: tenth c c
let many = dict([(k, k^2) for k in 1..20000])
many["k"] = many
print(len(many), many[19999], len(many.k))      # expect: 20001 399960001 20000
print(keys((1, 2)))   # expect: []
