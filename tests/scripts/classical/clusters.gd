# k-means as an objective, and a mixture of normal clouds by its likelihood, both by gradient.
precision(f64)
seed(7)
let centres = [[0, 0], [4, 0], [0, 4]]
let x = centres[randint(0, 3, 300)] + 0.6 * randn(300, 2)
fn apart(c) = sum((x[:, none] - c[none])^2, axis: 2)            # [300, 3]
let c = param([[1, 1], [2, 1], [1, 2]])
train c { loss: mean(min(apart(c), axis: 1)); optimizer: SGD(lr: 0.3, momentum: 0.5); steps: 300; quiet: true }
# Where it stops each centre is the mean of the points that are nearest to it.
let near = one_hot(argmin(apart(c), axis: 1), 3)
print(max(abs(near' @ x / sum(near, axis: 0)[:, none] - c)) < 1e-8)   # expect: true
# The mixture: a step of expectation and maximization from where the gradient stops changes nothing.
let (middle, spread, share) = (param(copy(c)), param(zeros(3)), param(zeros(3)))
fn logs(m, s, w) = log_softmax(w) - 0.5 * apart(m) * exp(-2 * s) - 2 * s - log(2 * pi)
train middle, spread, share { loss: -mean(logsumexp(logs(middle, spread, share), axis: 1)); optimizer: SGD(lr: 0.1, momentum: 0.9); steps: 1500; quiet: true }
let r = softmax(logs(middle, spread, share))
let n = sum(r, axis: 0)
print(max(abs(r' @ x / n[:, none] - middle)) < 1e-8, max(abs(n / 300 - softmax(share))) < 1e-8)     # expect: true true
print(max(abs(sum(r * apart(middle), axis: 0) / (2 * n) - exp(2 * spread))) < 1e-8)                 # expect: true
