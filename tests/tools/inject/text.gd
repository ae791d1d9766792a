# Lexer, parser, strings, lists, functions that hold each other.
let words = split("one two three two", " ")
let counts = (one: 0, two: 2)
fn twice(s) = "{s}-{s}"
let out = ""
for w in words { out = out + twice(w) + (if w == "two" { "!" } else { "?" }) }
print(out, counts.two, len(words), "{3.25:.3f}")
fn knot(i) {
  let b = none
  let a = fn(n) = if n == 0 { i } else { b(n - 1) }
  b = fn(n) = a(n)
  a
}
let sum = 0
for i in 1..50 { sum = sum + knot(i)(3) }
print(sum, sort([3, 1, 2]))
