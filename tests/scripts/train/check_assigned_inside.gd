# check
# expect stderr: warning
# A training of data that is not there: what its clauses assign is as unknown as its history.
let d = csv("{here}/not_there.csv", target: "y")
let w = param([1, 2])
let seen = 0
let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: SGD(lr: 0.1); steps: 3; each_step: { seen = w * 2 } }
print(seen @ ones(2, 3), h.steps)
let last = 0
let total = if sum(d.x) > 0 { last = [1, 2]; 1 } else { 2 }
print(last @ ones(2, 3), total)
