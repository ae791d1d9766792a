# A large NPY file is mapped: it takes none of the budget, its rows are shuffled without an order in memory, and each comes once an epoch.
# args: {tmp}
# options: --max-memory 12M --quiet
seed(2)
let path = "{args[0]}/x.npy"
save(reshape(arange(1100000) % 10, -1, 1), path)
let (a, b, c) = (npy(path), npy(path), npy(path))
print(shape(a), c[-1, 0])                              # expect: (1100000, 1) 9
let w = param([0])
fn seen(number, steps) {
  seed(number)
  train w on t in a { loss: mean((t - w)^2); optimizer: SGD(lr: 0); batch: 50000; steps: steps }
}
let h = seen(1, 22)
print(abs(h.loss[0] - 28.5) < 0.001, h.epochs)         # expect: true 1
let first = h.step_loss[:2]
print(all(seen(1, 2).step_loss == first), norm(seen(2, 2).step_loss - first) > 0.01)   # expect: true true
b[0, 0] = 5
print(a[0, 0], b[0, 0])                                # expect: 0 5
