# What blocks, conditions and schedules draw depends on the step, and what follows the training on none of it:
# a run in parts has the bits of the whole one, and so has a finished one that is run again.
# args: {tmp}
fn go(epochs, name, parts) {
  seed(6)
  let w = param([3.0, 2.0])
  let v = param([1.0])
  let drawn = []
  let h = train on x in dataset(arange(4)) {
    update w { loss: sum(w^2) + 0 * mean(x); optimizer: GD(lr: fn(t) = 0.1 * number(rand(1)[0])) }
    update v { loss: sum(v^2); optimizer: GD(lr: fn(t) = 0.1 * number(rand(1)[0])) }
    epochs: epochs; batch: 2; quiet: true; checkpoint: "{args[0]}/{name}"; resume: true
    stop: rand(1)[0] < 0
    keep: best(number(rand(1)[0]))
    each_step: { assign(w, w + 0.1 * randn(2)) }
    each_epoch: { drawn = push(drawn, rand(1)); seed(3) }
  }
  (w * 1, v * 1, h.lr, drawn, rand(2))
}
let whole = go(4, "whole.ckpt", 1)
let half = go(2, "parts.ckpt", 2)
let rest = go(4, "parts.ckpt", 2)
let again = go(4, "parts.ckpt", 2)
fn same(a, b) = all(a.0 == b.0) and all(a.1 == b.1) and all(a.2 == b.2) and all(a.4 == b.4)
print(same(whole, rest), same(whole, again), len(again.3))             # expect: true true 4
print(half.3 == whole.3[:2], rest.3 == whole.3, again.3 == whole.3)      # expect: true true true
print(whole.3[0] == whole.3[1], all(whole.4 == half.4))                # expect: [false] true
