# They run in the step, and the same seed gives the same steps.
fn learn() {
  seed(7)
  let net = chain(Flatten(), Dense(16, 2))
  let x = sin(reshape(arange(6 * 16), 6, 1, 4, 4))
  let h = train net on (a, b) in dataset(x, i32([0, 1, 0, 1, 0, 1])) { loss: cross_entropy(net(random_noise(random_rotate(random_shift(random_flip(a), 1)))), b); optimizer: SGD(lr: 0.1); batch: 3; epochs: 4; quiet: true }
  h.step_loss
}
let (first, second) = (learn(), learn())
print(all(first == second), first[0] != first[1])                                # expect: true true
