# What the steps before a resume were the first to reach is trained on, and in the order in which it came: the norm is summed in it.
# args: {tmp}
let d = dataset(rand(12, 2), rand(12, 2))
fn go(steps, name, resume) {
  seed(4)
  let (first, ways, norms) = (Dense(2, 2), [Dense(2, 2) for i in 1..4], [BatchNorm(2) for i in 1..4])
  fn net(x) {
    let k = sum([rand() > at for at in [0.1, 0.3, 0.6]])
    norms[k](ways[k](first(x)))
  }
  let h = train on (x, y) in d { loss: mse(net(x), y); optimizer: Adam(lr: 0.1); clip: (norm: 0.1); average: ema(0.9); batch: 4; steps: steps; quiet: true; checkpoint: "{args[0]}/{name}"; resume: resume }
  concat(flatten_tree(list(first, ways))[0], concat([n.mean_ for n in norms]), h.step_loss)
}
fn parted(k) {
  go(k, "cut{k}", false)
  go(k + 7, "cut{k}", true)
  go(25, "cut{k}", true)
}
let whole = go(25, "whole", false)
print([all(parted(k) == whole) for k in 1..9])   # expect: [true, true, true, true, true, true, true, true, true]
