# Params of bf16: their gradients and states are f32, what is stored is rounded; saved and loaded as bf16, and updated by rows too.
# args: {tmp}
model Net(kind) {
  param W = kind(reshape(sin(arange(12)), 3, 4))
  param b = kind(zeros(4))
  buffer seen = bf16(0)
  fn forward(x) { seen = seen + 1; sum(tanh(x @ W + b), axis: 1) }
}
let x = reshape(cos(arange(60)), 20, 3)
let d = dataset(x, x[:, 0] - x[:, 1])
fn trained(kind, epochs, more) {
  seed(2)
  let net = Net(kind)
  let h = train net on (x, y) in d { loss: mse(net(x), y); optimizer: Adam(lr: 0.02); epochs: epochs; batch: 5; clip: (norm: 1); average: ema(0.5); checkpoint: "{args[0]}/{more}.ckpt"; resume: true; quiet: true }
  (net, h.loss)
}
let (net, loss) = trained(bf16, 20, "whole")
print(loss[-1] < loss[0] / 3, all(bf16(f32(net.W)) == net.W), net.seen * 1)   # expect: true true 79
trained(bf16, 8, "part")
let (again, _) = trained(bf16, 20, "part")
print(all(again.W * 1 == net.W * 1), all(again.b * 1 == net.b * 1))   # expect: true true
save(net, "{args[0]}/n.safetensors")
let (wide, other) = (Net(f32), Net(bf16))
load(wide, "{args[0]}/n.safetensors")
load(other, "{args[0]}/n.safetensors")
print(all(wide.W * 1 == net.W * 1), all(other.W * 1 == net.W * 1))   # expect: true true
optimizer Whole(inner) { fn step(p, g) { p = inner.step(p, g) - 0 * sum(p) } }
fn rows(o) { let t = param(bf16(reshape(sin(arange(1200)), 400, 3))); for k in 0..4 { update t { loss: sum(t[i32([k, 7, k, 2 * k])]^2); optimizer: o } }; t * 1 }
print(all(rows(Adam(lr: 0.1)) == rows(Whole(Adam(lr: 0.1)))), all(rows(Adagrad()) == rows(Whole(Adagrad()))))   # expect: true true
let p = param(bf16([1e38]))
print(attempt(fn() = train p { loss: sum(p); optimizer: GD(lr: 1e38); steps: 9; quiet: true }).error, p * 1)   # expect ~ the update makes `p` NaN or infinite at step 5.* \[-3.*e38\]
# A state of all tensors is seen as f32, and a gradient taken ahead is one of the place rounded to bf16.
optimizer Fine() { state d: shared = 1; fn total(p, g) = sum(g); fn once(total) { d = 1 + 0.0009765625 }; fn step(p, g) { p = 256 * (d - 1) + 0 * p } }
let (q, r) = (param(bf16([3, 3])), param(bf16([1])))
let (fine, sam) = (Fine(), SAM(GD(lr: 0.25), rho: 0.5))
update q { loss: sum(q); optimizer: fine }
update r { loss: sum(r^2); optimizer: sam }
print(q * 1, r * 1)   # expect: [0.25, 0.25] [0.25]
