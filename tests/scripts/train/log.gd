# A log is an object a line: what one must know to make the run again, then an epoch each, then the end; `jsonl` reads it.
# args: {tmp}
seed(4)
let d = shuffle(line_data(30))
let w = param([0.5, -0.5])
let h = train w on (x, y) in d {
  loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: SGD(lr: 0.05); epochs: 3; batch: 8; validate: d; metrics: (bias: w[0])
  log: "{args[0]}/run.jsonl"
}
let rows = jsonl("{args[0]}/run.jsonl")
print([r.event for r in rows])    # expect: ["start", "epoch", "epoch", "epoch", "end"]
print(rows[0].settings.lr, rows[0].settings.optimizer, rows[0].settings.batch, rows[0].settings.epochs, rows[0].seed, rows[0].rows)   # expect: 0.05 SGD 8 3 4 30
print(len(rows[0].script_digest), len(rows[0].data_digest), "gd" in rows[0])    # expect: 16 16 true
print(rows[2].epoch, rows[2].step, rows[2].loss == h.loss[1], rows[2].val_loss == h.val_loss[1], rows[2].bias == h.bias[1], rows[2].val_bias == h.val_bias[1])   # expect: 2 8 true true true true
print(rows[4].stopped, rows[4].why)   # expect: epochs epochs: 3 made
# a line a step; without data a step is an epoch, and `every` thins
train w on (x, y) in d { loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: SGD(lr: 0.05); epochs: 1; batch: 8; log: (path: "{args[0]}/run.jsonl", every: "step") }
print([r.event for r in jsonl("{args[0]}/run.jsonl")])   # expect: ["start", "step", "step", "step", "step", "epoch", "end"]
train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 30; log: (path: "{args[0]}/run.jsonl", every: 10) }
print([r.step for r in jsonl("{args[0]}/run.jsonl")])    # expect: [0, 10, 20, 30, 30]
# entries of a race are named; a run that ends with an error says so
race w { optimizers: (a: GD(lr: 0.1), b: GD(lr: 0.2)); loss: sum(w^2); steps: 1; log: "{args[0]}/run.jsonl" }
print([r.entry for r in jsonl("{args[0]}/run.jsonl")])   # expect: ["a", "a", "a", "b", "b", "b"]
assign(w, [1, 1])
let failed = attempt(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 1e30); steps: 30; log: "{args[0]}/run.jsonl" } })
let last = jsonl("{args[0]}/run.jsonl")[-1]
print(last.event, last.why == failed.error)    # expect: error true
