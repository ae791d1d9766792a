# The help says what to write in the place of another language's notation.
let A = eye(2)
let y = [1, 2]
print(A \ y)              # expect error: `solve(A, b)` solves A x = b
print(dict("a" => 1))     # expect error: a dict is written
y ~ normal(0, 1)          # expect error: a draw is
let n = 1,000             # expect error: `1_000`
print(y is not none)      # expect error: `x != none`
print(A %*% y)            # expect error: the matrix product is written `A @ B`
print(y .^ 2)             # expect error: without a point
print(sin.(y))            # expect error: without a point
test adds { print(1) }    # expect error: a test has a title
