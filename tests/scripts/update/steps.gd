let w = param(1)
let o = GD(lr: 0.25)
for i in 1..2 { print(update w { loss: w^2; optimizer: o }) }
# expect: 1
# expect: 0.25
print(w)   # expect: 0.25
