# A dict is a value: parts change in the variable alone, however deep.
let d = dict(a: dict(b: [1, 2]), xs: list("p", "q"))
let e = d
d["a"]["b"] = 3
d.xs[1] = "r"
d.a.c = dict(deep: 1)
d.a.c.deep += 1
print(d)                                        # expect: dict(a: dict(b: 3, c: dict(deep: 2)), xs: ["p", "r"])
print(e)                                        # expect: dict(a: dict(b: [1, 2]), xs: ["p", "q"])
let ds = list(dict(n: 1), dict(n: 2))
ds[1].n = 5
(ds[0].n, ds[1]["n"]) = (ds[1].n, ds[0].n)
print(ds)                                       # expect: [dict(n: 5), dict(n: 1)]
fn changed(x) { x.a = 0; x }
print(changed(e).a, e.a)                        # expect: 0 dict(b: [1, 2])
let o = SGD(lr: 0.1)
let kept = dict(o: o)
kept.o.lr = 0.25
print(o.lr)                                     # expect: 0.25
