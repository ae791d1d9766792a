# The value, or the error that was met on the way to it, with the user's own line.
fn risky(n) {
  if n > 2 { error("too much: {n}") }
  n * 10
}
let good = attempt(fn() = risky(1))
print(good.ok, good.value)                          # expect: true 10
let bad = attempt(fn() = risky(3))
print(bad.ok, bad.error, bad.line)                  # expect: false too much: 3 3
let seen = 0
let third = attempt(fn() { seen = 7; zeros(2, 3) @ zeros(2, 3) })
print(third.ok, third.line, seen, "shapes do not fit" in third.error)    # expect: false 11 7 true
print([attempt(fn() = sqrt(k) + [1, 2][k]).ok for k in [0, 1, 5]])       # expect: [true, true, false]
print(attempt(fn() = (1, attempt(fn() = error("inner")).error)).value)   # expect: (1, "inner")
