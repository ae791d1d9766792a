# A metric is read as the decimal that f32 rounds to it: 9 of 10 is 0.9.
let w = param([0.0])
let seen = []
let h = train w on x in dataset(arange(10)) {
  loss: sum(w^2) + 0 * mean(x)
  optimizer: GD(lr: 0.1)
  epochs: 5
  metrics: (hit: mean(where(x > 0.5, 1, 0)))
  stop: hit >= 0.9
  each_epoch: { seen = push(seen, hit) }
  quiet: true
}
print(h.stopped, h.epochs, seen)   # expect: stop 1 [0.9]
