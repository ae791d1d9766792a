# Four steps have no room for trials, and show it all the same.
# expect stderr: the loss rose in every step, from 1 to 729 in 4
let w = param(1)
train w { loss: w^2; optimizer: GD(lr: 2); steps: 4; health: true }
print(w)   # expect: 81
