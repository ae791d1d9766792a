# `d[k] = push(d[k], v)` changes d alone, whatever else holds the list, and in the order of reading.
let d = dict(a: ["p"])
let (e, kept) = (d, d["a"])
d["a"] = push(d["a"], "q")
print(d.a, e.a, kept)                   # expect: ["p", "q"] ["p"] ["p"]
d.b = push(get(d, "b", []), "r")
d["b"] = push(d.a, "s")
print(d)                                # expect: dict(a: ["p", "q"], b: ["p", "q", "s"])
let rows = list(["x"], ["y"])
rows[1] = push(rows[0], "z")
rows[0] = push(rows[0], rows[0])
print(rows)                             # expect: [["x", ["x"]], ["x", "z"]]
let xs = ["old"]
fn empty() { xs = []; d.a = []; "new" }
xs = push(xs, empty())
print(xs)                               # expect: ["old", "new"]
d["a"] = push(list("k"), "l")
d["a"] = push(d["a"], empty())
print(d.a)                              # expect: ["k", "l", "new"]
d["c"] = push(d["c"], 1)                # expect error: the dict has no key "c"
