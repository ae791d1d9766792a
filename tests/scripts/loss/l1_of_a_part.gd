# l1 and l2 of a part of a param: an intercept without a penalty.
let w = param([5, -2, 3])
print(l1(w[1:]), l2(w[1:]), l1(w))   # expect: 5 13 10
print(grad(fn(v) = l1(v[1:]))([5, -2, 3]))   # expect: [0, -1, 1]
