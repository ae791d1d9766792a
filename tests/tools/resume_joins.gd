# What resume.sh ends with --max-steps: targets and buffers that a later step is the first to reach.
#
#   resume_joins.gd CHECKPOINT BATCH

seed(6)
let d = dataset(rand(9, 2), rand(9, 2))
let (first, ways, norms) = (Dense(2, 2), [Dense(2, 2) for i in 1..4], [BatchNorm(2) for i in 1..4])
fn net(x) {
  let k = sum([rand() > at for at in [0.05, 0.15, 0.6]])
  norms[k](ways[k](first(x)))
}
let h = train on (x, y) in d {
  loss: mse(net(x), y); optimizer: Adam(lr: 0.05); clip: (norm: 0.1); average: ema(0.9); keep: best(val_loss); validate: d
  batch: number(args[1]); accumulate: 2; epochs: 12; drop_last: true; checkpoint: (path: args[0], every: 2); resume: true; quiet: true
}
print(flatten_tree(list(first, ways))[0], [n.mean_ for n in norms], [n.variance_ for n in norms], h.step_loss, h.val_loss)
