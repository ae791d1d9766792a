# An index of the minibatch may say where a step writes.
let d = dataset(i32([0, 1, 2, 1]), [1, 2, 3, 2])
let w = param([0, 0, 0])
train w on (i, y) in d {
  loss: { let t = zeros(4, 3); t[arange(4), i] = w[i] - y; sum(t * t) }
  optimizer: SGD(lr: 0.2)
  epochs: 100
}
print(max(abs(w - [1, 2, 3])) < 1e-4)   # expect: true
