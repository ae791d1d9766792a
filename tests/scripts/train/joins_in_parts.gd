# A param that a later minibatch or part of an update is the first to reach joins the targets in
# the middle of it: the training is that with the same targets named.
fn both(named) {
  seed(3)
  let (a, b, c) = (param(1), param([1, 2]), param(1))
  fn way(x) = if rand() < 0.4 { mean(x * sum(b))^2 } else if rand() < 0.3 { mean(x - c)^2 } else { mean(x * a)^2 }
  let d = linspace(0, 1, 8)
  let o = SGD(lr: 0.05, momentum: 0.5)
  let h = if named { train a, b, c on x in d { loss: way(x); optimizer: o; epochs: 4; batch: 2; accumulate: 2; quiet: true } }
          else { train on x in d { loss: way(x); optimizer: o; epochs: 4; batch: 2; accumulate: 2; quiet: true } }
  let p = SGD(lr: 0.05, momentum: 0.5)
  let k = if named { train a, b, c on x in d { loss: way(x); optimizer: p; steps: 6; shards: 4; quiet: true } }
          else { train on x in d { loss: way(x); optimizer: p; steps: 6; shards: 4; quiet: true } }
  list(h.loss, k.loss, a * 1, b * 1, c * 1)
}
let (named, found) = (both(true), both(false))
for k in 0..4 { print(all(named[k] == found[k])) }
# expect: true
# expect: true
# expect: true
# expect: true
# expect: true
