let o = GD(lr: 0.5)
o.rate = 1   # expect error: no hyperparameter `rate`
