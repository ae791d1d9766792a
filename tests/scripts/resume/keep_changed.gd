# what `keep:` remembered of another quantity is forgotten
# args: {tmp}
let path = "{args[0]}/run.ckpt"
let d = dataset(ones(4, 1), ones(4))
let w = param([3])
train w on (x, y) in d { loss: mse(x @ w, y); optimizer: GD(lr: 0.1); epochs: 2; keep: best(loss); checkpoint: path; quiet: true }
let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: GD(lr: 0.1); epochs: 3; keep: best(100 + loss); checkpoint: path; resume: true; quiet: true }
print(h.epochs, abs(w[0] - 2.024) < 1e-5)   # expect: 3 true
# expect stderr: resumed with another `keep`: it was best(loss), it is best(100 + loss); its stored state is reset
