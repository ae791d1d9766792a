# inference(f) is f as outside a training: no dropout, running statistics that are used and stay, and gradients.
seed(1)
let teacher = chain(Dense(3, 8), BatchNorm(8), Dropout(0.5), Dense(8, 2))
let before = teacher.1.mean_ * 1
let x = randn(6, 3)
let outside = teacher(x)
let (student, inside, seen) = (Dense(3, 2), param([0.0]), [])
let h = train student, inside on rows in dataset(x) {
  loss: mse(student(rows), inference(teacher)(rows)) + inside[0]
  optimizer: SGD(lr: 0.1)
  steps: 2
  metrics: (same: max(abs(inference(teacher)(rows) - outside)), mode: if inference(fn() = training)() { 1 } else { 0 }, own: if training { 1 } else { 0 })
}
print(h.same[0] < 1e-6, h.mode[0], h.own[0])                # expect: true 0 1
print(all(teacher.1.mean_ == before), all(teacher(x) == outside))   # expect: true true

# Gradients go through it to what is before it.
let (front, body) = (Dense(3, 3), chain(BatchNorm(3), Dropout(0.9), Dense(3, 1)))
freeze(body)
let start = front.W * 1
train on rows in dataset(x) { loss: mean(inference(body)(front(rows))^2); optimizer: SGD(lr: 0.1); steps: 1 }
print(all(front.W == start), all(body.0.mean_ == 0))       # expect: false true

# Without it the body runs in training mode, as all of the step.
train on rows in dataset(x) { loss: mean(body(front(rows))^2); optimizer: SGD(lr: 0.1); steps: 1 }
print(all(body.0.mean_ == 0))                              # expect: false

# A training inside it is one; an error inside leaves it.
let w = param([1.0])
fn fit(v) { (train w { loss: if training { sum(w) } else { 0 * sum(w) }; optimizer: GD(lr: 1); steps: 1 }).loss[0] }
print(inference(fit)(1))                                   # expect: 1
print(attempt(fn() = inference(fn() = error("no"))()).error, inference(fn(a, k = 1) = a + k)(2, k: 3))   # expect: no 5
train w { loss: if training { sum(w) } else { error("still outside") }; optimizer: GD(lr: 1); steps: 1 }

# Under vmap and grad it is f.
let (drop, rows) = (chain(Dense(3, 4), Dropout(0.5)), randn(4, 3))
train drop on x in dataset(rows) { loss: mean((drop(x) - 1)^2) + 0 * mean(vmap(inference(drop))(x)); optimizer: GD(lr: 0); steps: 1; metrics: (gap: max(abs(vmap(inference(drop))(x) - inference(drop)(x)))); stop: gap > 1e-6 }
print(all(abs(vmap(inference(drop))(rows) - drop(rows)) < 1e-6))    # expect: true
print(grad(inference(fn(v) = v^3))(2))                     # expect: 12
