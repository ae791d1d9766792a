# A rank-0 tensor in scope is a size as a number is: an argument of a model, of the function, a `let`.
model Keep(n) { fn forward(x: [.., n]) = x }
fn first(k, x: [k]) = x[0]
let N = sum([1, 1])
fn count(x: [N]) = len(x)
fn why(f) { print(attempt(f).error) }
for n in [2, 3] {
  print(shape(Keep(n)(zeros(4, n))))
  why(fn() = Keep(n)(zeros(4, 5)))
}
# expect: (4, 2)
# expect: shapes do not fit: `x` of `forward` is declared [.., n], f32[4, 5] is given: axis 1 is 5, `n` is 2
# expect: (4, 3)
# expect: shapes do not fit: `x` of `forward` is declared [.., n], f32[4, 5] is given: axis 1 is 5, `n` is 3
print(first(N, [7, 8]), count([1, 2]))   # expect: 7 2
why(fn() = first(N, [7]))     # expect ~ .*axis 0 is 1, `k` is 2
count([1, 2, 3])              # expect error: axis 0 is 3, `N` is 2
