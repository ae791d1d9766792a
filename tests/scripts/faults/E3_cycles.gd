# Closures that hold each other are found within the loop that makes them: 200,000 pairs would be ten times what is allowed.
# options: --max-memory 5000000
fn pair(i) {
  let even = none
  let odd = fn(n) = if n == 0 { i } else { even(n - 1) }
  even = fn(n) = odd(n)
  odd
}
let kept = pair(-3)
let total = 0
for i in 1..200000 { total = total + pair(i)(1) }
print(total, kept(2))   # expect: 20000100000 -3
