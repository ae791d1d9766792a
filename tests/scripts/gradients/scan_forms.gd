# xs, the state and y may be tuples and lists; a state may begin as a number; y may be none.
fn step(s, x) = ((a: s.a * x.0 + x.1, b: list(s.a)), s.a)
fn all(w) {
  let (last, ys) = scan(step, (a: w, b: list(w)), (w * [1, 2, 3, 4], ones(4)))
  last.a + last.b[0] * sum(ys)
}
print(all(0.5) == 46.390625, check_gradient(all, 0.5))               # expect: true true
fn powers(w) = scan(fn(s, x) = (s + w * x, none), 0, [1, 2, 3, 4])
print(powers(2), grad(fn(w) = powers(w).0 ^ 2)(2))                 # expect: (20, none) 400
# What a row decides by its number is decided at each row.
fn clipped(w) = scan(fn(s, x) = (if s > 5 { s } else { s + w * x }, s), 0, [1, 2, 3, 4]).0
print(clipped(1), grad(clipped)(1))                                # expect: 6 6
# So is what it draws, and what it changes outside.
let rows = 0
fn counted(w) = scan(fn(s, x) { rows += 1; (s + w * x, rand()) }, 0, ones(5)).1
let (spread, slope) = value_and_grad(fn(w) = std(counted(w)) + w)(1)
print(rows, spread > 1.05, slope)                                  # expect: 5 true 1
