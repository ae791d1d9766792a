# What is near is suggested; else what there is, is listed.
let o = SGD(lr: 0.1)
print(attempt(fn() = o.rate).ok)   # expect: false
print(o.zeal)                      # expect error: has no hyperparameter `zeal`
# expect stderr: it has lr, momentum, nesterov, weight_decay
