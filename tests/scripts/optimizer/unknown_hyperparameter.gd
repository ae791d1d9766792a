let o = SGD(lr: 0.1, moment: 0.9)   # expect error: momentum
