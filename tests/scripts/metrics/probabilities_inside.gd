# Probabilities are known inside a training as outside it: data that a sigmoid made, and what
# functions made of functions give.
let (s, y) = ([-2, -1, 1, 2, -3, 0.5], [0, 0, 1, 1, 0, 1])
let (w, e) = (param(1), dataset(sigmoid(s), y))
let g = train w on (p, y) in e { loss: mse(w * p, y); optimizer: GD(lr: 0); epochs: 1; quiet: true; metrics: (a: accuracy(p, y), f: f1(p, y), c: calibration(p, y)) }
print(g.a[0] == accuracy(e.x, e.y), g.f[0] == f1(e.x, e.y), g.c[0] == calibration(e.x, e.y))   # expect: true true true
let v = train w on (p, y) in shuffle(e) { loss: mse(w * p, y); optimizer: GD(lr: 0); epochs: 1; batch: 4; quiet: true; validate: split(shuffle(e), 0.5)[1]; metrics: (a: accuracy(p, y), k: if mean(p) > 9 { 0 } else { accuracy(p, y) }) }
print(v.a, v.val_a, v.k)   # expect: [1] [1] [1]

let pair = custom_gradient(fn(t) = (p: sigmoid(t.a), z: t.a * 2), fn(t, y, dy) = (a: dy.z))
fn scanned(x) = scan(fn(sum, x) = (sum + x, sigmoid(x)), 0.0, x)[1]
fn long(x) { let p = sigmoid(x); for i in 1..300 { p = clamp(1 - p, 0, 1) }; p }
fn handmade(x) = 1 / (1 + exp(-x))
let forms = [checkpoint_gradients(sigmoid), custom_gradient(sigmoid, fn(x, y, dy) = dy), fn(x) = pair((a: x)).p, fn(x) = pair((a: x)).z, inference(sigmoid), vmap(sigmoid), vmap(fn(x) = pair((a: x)).p), fn(x) = vmap(fn(p) = p)(sigmoid(x)), scanned, long, handmade, fn(x) = stop_gradient(sigmoid(x)), fn(x) = copy(sigmoid(x)), fn(x) = jvp(sigmoid, x, x)]
let told = []
for f in forms {
  let h = train w on (s, y) in dataset(s, y) { loss: mse(w * s, y); optimizer: GD(lr: 0); epochs: 1; quiet: true; metrics: (is: number(is_probability(f(w * s)))) }
  let taken = false
  grad(fn(x) { let p = f(x); taken = is_probability(p); sum(p) })(s)
  let outside = is_probability(f(w * s))
  told = push(told, if outside == taken and outside == (h.is[0] == 1) { outside } else { "differs" })
}
print(told)   # expect: [true, true, true, false, true, true, true, true, true, true, true, true, true, false]
