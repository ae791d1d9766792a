# A changed script that cannot be written is an error with its own status, beside the findings.
# command: doctor
# options: --out {tmp}/none/mended.gd
# status: 73
# output: any
seed(4)
let A = param(randn(2, 12))
let a = param(full(12, value: -10))
let B = param(0.1 * randn(12, 2))
train A, a, B on (x, y) in moons(60, noise: 0.1) { loss: cross_entropy(relu(x @ A + a) @ B, y); optimizer: Adam(lr: 0.02); epochs: 40; batch: 20 }
# expect stderr: cannot be written: No such file or directory
