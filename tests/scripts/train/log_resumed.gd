# A sitting that goes on from a checkpoint drops what the log has after it, and a line that was cut off, and appends.
# args: {tmp}
let d = shuffle(line_data(30))
let w = param([0.5, -0.5])
fn sit(n, on) { seed(1); train w on (x, y) in d { loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: SGD(lr: 0.05); epochs: n; batch: 8; log: "{args[0]}/run.jsonl"; checkpoint: "{args[0]}/run.ckpt"; resume: on; quiet: true } }
sit(3, false)
let text = read("{args[0]}/run.jsonl")
append("{args[0]}/run.jsonl", "{{\"event\":\"epoch\",\"epoch\":4,\"step\":16,\"loss\":9}}\n{{\"event\":\"epoch\",\"epo")
sit(5, true)
let rows = jsonl("{args[0]}/run.jsonl")
print([(r.event, r.epoch) for r in rows])   # expect: [("start", 0), ("epoch", 1), ("epoch", 2), ("epoch", 3), ("resume", 3), ("epoch", 4), ("epoch", 5), ("end", 5)]
print([r.step for r in rows], rows[5].loss < 9)             # expect: [0, 4, 8, 12, 12, 16, 20, 20] true
print(len(text) > 0 and starts_with(read("{args[0]}/run.jsonl"), text[0:200]))   # expect: true
# with no checkpoint it starts anew, and so does the log; what is no log is left alone
write("{args[0]}/other.jsonl", "{{\"a\": 1}}\n")
let failed = attempt(fn() { seed(1); train w on (x, y) in d { loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: SGD(lr: 0.05); epochs: 9; batch: 8; log: "{args[0]}/other.jsonl"; checkpoint: "{args[0]}/run.ckpt"; resume: true } })
print(failed.error)                          # expect: this file is not a log of a training: nothing is appended to it
print(read("{args[0]}/other.jsonl") == "{{\"a\": 1}}\n")   # expect: true
