# A block changes what the loss reads, by every way that leads from the loss to a variable: each step
# takes the value of its own time, so w goes down by 1 + 2 + 3.
import "parts/changing.gd"
let factor = 1
let table = dict(("f", fn(w) = factor * w))
let items = [1]
let swapped = fn(w) = w
fn later(w, k = factor) = k * w
fn deep(w) = (fn() = (fn() = items[0] * w)())()
optimizer Down(lr = 1) {
  fn step(p, g) { p = p - factor * lr * g }
}
fn left(loss_of, change, rule) {
  let w = param(10)
  train w { loss: loss_of(w); optimizer: rule; steps: 3; quiet: true; each_step: { change(step + 1) } }
  factor = 1
  w
}
let down = fn() = SGD(lr: 1)
print(left(fn(w) = factor * w, fn(k) { factor = k }, down()))   # expect: 4
print(left(fn(w) = table["f"](w), fn(k) { factor = k }, down()))   # expect: 4
print(left(later, fn(k) { factor = k }, down()))   # expect: 4
print(left(deep, fn(k) { items[0] = k }, down()))   # expect: 4
print(left(fn(w) = swapped(w), fn(k) { swapped = fn(w) = k * w }, down()))   # expect: 4
print(left(fn(w) = changing.times(w), fn(k) { changing.set(k) }, down()))   # expect: 4
print(left(fn(w) = w, fn(k) { factor = k }, Down()))   # expect: 4
print(left(fn(w) = w, fn(k) { factor = k }, SGD(lr: fn(t) = factor)))   # expect: 4
print(left(fn(w) = w * stop_gradient(grad(fn(v) = factor * v ^ 2 / 2)(1)), fn(k) { factor = k }, down()))   # expect: 4
let kept = checkpoint_gradients(fn(w) = factor * w)
print(left(kept, fn(k) { factor = k }, down()))   # expect: 4
let slope = grad(fn(v) = factor * v ^ 2 / 2)
print(left(fn(w) = w * stop_gradient(slope(1)), fn(k) { factor = k }, down()))   # expect: 4
fn own(rule) {
  let (w, k, seen) = (param(10), 1, [])
  train w { loss: k * w; optimizer: rule; steps: 3; quiet: true; each_step: { seen = push(seen, loss); k += 1 } }
  (w, seen)
}
print(own(down()))   # expect: (4, [10, 18, 21])
model Late() {
  param w = 10
  buffer c = none
  fn forward() = if c == none { w } else { w * c }
  fn set(to) { c = to }
}
let late = Late()
train late { loss: late(); optimizer: down(); steps: 3; quiet: true; each_step: { late.set(step + 1) } }
print(late.w)   # expect: 4
