# `d = remove(d, k)` changes d alone; keys stay in order, and one that comes again is the last.
let d = dict(a: 1, b: 2, c: 3, e: dict(x: 1, y: 2))
let kept = d
d = remove(d, "b")
d = remove(d, "none of it")
d.e = remove(d.e, "x")
d["b"] = 4
print(d, keys(d), len(d))       # expect: dict(a: 1, c: 3, e: dict(y: 2), b: 4) ["a", "c", "e", "b"] 4
print(kept)                     # expect: dict(a: 1, b: 2, c: 3, e: dict(x: 1, y: 2))
for i in 1..1000 {
  d[i] = i
  if i > 10 { d = remove(d, i - 10) }
}
print(len(d), keys(d)[3:6], 990 in d, d[991], d == dict(keys(d) |> map(fn(k) = (k, d[k]))))    # expect: 14 ["b", 991, 992] false 991 true
for k in keys(d) { d = remove(d, k) }
print(d, "b" in d, d == dict())         # expect: dict() false true
d = remove(d, [1, 2])           # expect error: a key must be a string, a number or a bool
