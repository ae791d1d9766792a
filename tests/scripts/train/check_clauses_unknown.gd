# check
# What only a run knows of a clause is left out of the check, which looks at the loss all the same.
let (p, n) = (option("p", "x"), option("n", 1))
let w = param([1, 2])
train w { loss: sum(w^2); optimizer: GD(); steps: 2; checkpoint: (path: "{p}.ckpt", every: n) }
train w { loss: sum(w^2); optimizer: GD(); steps: 2; checkpoint: (path: p + ".ckpt"); resume: true }
fn wrong() {
  let x = ones(8, 3)
  train w on x in x {
    loss: mean(x @ w)   # expect error: shapes do not fit
    optimizer: GD()
    epochs: 2
    clip: (norm: n)
    checkpoint: p
    on_divergence: p
    log: (path: "run.jsonl", every: n)
  }
}
wrong()
