# Functions that take one argument more elsewhere, and the arrow of R.
x <- 3                         # expect error: `let x = …` declares a name, `x = …` assigns
let y = zeros(2, 3)
print(size(y, 1))              # expect error: `shape(x)[1]` is the length of one axis
print(round(2.345, 2))         # expect error: `round(x * 100) / 100` rounds to two decimals
print(log(8, 2))               # expect error: `log(x) / log(2)` is the logarithm to another base
print(min(1, y))               # expect error: minimum(a, b) gives the lesser of each pair
# status: 65
