let w = param(1)
train w { loss: w^2; optimizer: SGD(lr: 0); steps: 1; quiet: true }
print(w)   # expect: 1
