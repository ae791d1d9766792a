# All zeros before a relu are no dead units; units that are equal stay equal.
# expect stderr: stuck at a saddle: the gradient of every param is 0 at the first values, and 3 of 3 params are all zeros
# expect no stderr: dead units
# expect stderr: all 8 rows of `alike.V` began alike and are equal after 40 steps
model Net(first) {
  param W = full(2, 8, value: first)
  param b = zeros(8)
  param V = full(8, 2, value: first)
  fn forward(x) = relu(x @ W + b) @ V
}
let (zero, alike) = (Net(0), Net(0.5))
let d = moons(200)
train zero on (x, y) in d { loss: cross_entropy(zero(x), y); optimizer: Adam(lr: 0.01); epochs: 40; health: true }
train alike on (x, y) in d { loss: cross_entropy(alike(x), y); optimizer: Adam(lr: 0.01); epochs: 40; health: true }
print("trained")   # expect: trained
