let w = param([0, 0])
let before = update w { loss: 3 * w[0] + 4 * w[1]; optimizer: GD(lr: 1); clip: (norm: 1) }
print("{w:.2f}", before)   # expect: [-0.60, -0.80] 0
