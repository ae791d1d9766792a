# Where gd's word in the place of another tool's would compute something else, the help has the whole
# expression and there is no "did you mean".
let a = eig([[1, 2], [3, 4]])            # expect error: `eigh(a)` is for symmetric matrices alone
let b = AdaptiveMaxPool2d(1)             # expect error: `AdaptivePool2d(size, mode: "max")`
let c = bce([0.5], [1])                  # expect error: logits, without a sigmoid
let d = F.kl_div([0], [1])               # expect error: no logarithms, the true one first
let e = rnorm(5, 0, 1)                   # expect error: `normal(5, mean: 0, std: 1)`
let f = rand_like(a)                     # expect error: `rand(shape(x))`
let j = digitize([1, 3], [0, 2])         # expect error: `searchsorted(edges, x, right: true)`
let g = roc_auc_score([1, 0], [0.3, 1])  # expect error: `auc(scores, labels)`: the scores first
let h = Adam(betas: (0.9, 0.99))         # expect error: `beta1: 0.9, beta2: 0.999`
let i = std([1, 2], unbiased: true)      # expect error: `ddof: 1` divides by n - 1
let w = param(1)
train w {
  loss: w^2
  verbose: true                          # expect error: `quiet: true` hides it
  patience: 2                            # expect error: `stop: stalled(val_loss, 5)`
}
# status: 65
