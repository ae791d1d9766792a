# with residuals the history has what the fit leaves open: the covariance, the errors, and the rank
precision(f64)
let x = arange(9)
let y = 3 - 0.5 * x + 0.1 * sin(5 * x)
let X = stack(ones(9), x, axis: 1)
let r = y - X @ lstsq(X, y)
let exact = sum(r^2) / 7 * inverse(X' @ X)
let a = param(1)
let b = param(1)
let h = train a, b { residuals: a + b * x - y; optimizer: LevenbergMarquardt(); steps: 50; quiet: true }
print(norm(h.covariance - exact) < 1e-12, norm(h.errors - sqrt(diag(exact))) < 1e-12, h.rank, "errors" in "{h}")   # expect: true true 2 false

# of values in a domain, as the script sees them; by any optimizer, over all rows
model Line() { param a: positive = 1; param b = 1; fn forward(x) = a + b * x }
let line = Line()
let k = train line on (x, y) in dataset(x, y) { residuals: line(x) - y; optimizer: TrustRegion(); steps: 50; quiet: true }
print(norm(k.covariance - exact) < 1e-9, norm(k.errors - h.errors) < 1e-9)                      # expect: true true
let w = param([3, -0.5])
let g = train w on (x, y) in dataset(x, y) { residuals: w[0] + w[1] * x - y; optimizer: Adam(lr: 1e-9); batch: 4; epochs: 1; quiet: true }
print(norm(g.covariance / exact - 1) < 0.5, "evaluations" in "{g}")                             # expect: true false

# a combination that is not identified is named, and what has a part in it has no error
let s = param([2, 1.5])
let c = param(-0.3)
let m = train s, c { residuals: s[0] * s[1] * exp(c * x) - 2 * exp(-0.5 * x) - 0.01 * cos(x); optimizer: LevenbergMarquardt(); steps: 60; quiet: true }
print(m.rank, m.errors[:2], isfinite(m.errors[2]))      # expect: 2 [inf, inf] true
print(m.why)                                            # expect ~ .*; the residuals do not identify -?(s\[0\]|0\.[0-9]+ s\[0\]) [-+] (s\[1\]|0\.[0-9]+ s\[1\])
print(attempt(fn() = train s, c { residuals: s[0] * s[1] * exp(c * x) - x; optimizer: GaussNewton(); steps: 3; quiet: true }).error)   # expect ~ .*\(rank 2 of 3\).*
