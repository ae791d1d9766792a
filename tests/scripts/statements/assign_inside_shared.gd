# What cannot be assigned in a model, a tuple or a data set says why, and what can be done.
model M() {
  param W = [[1, 2], [3, 4]]
  buffer seen = [0, 0]
  let c = [1, 2]
  fn forward(x) = x @ W
}
let net = M()
let nets = (net, [1, 2])
let d = dataset([[1, 2]], [0])
fn made() = dict(a: [1])
fn why(f) { print(attempt(f).error) }
let (w, seen) = list(net.W, [net])
why(fn() { w[0] = [9, 9] })          # expect: the elements of a param cannot be assigned one by one
net.W[0] = [9, 9]
nets.0.W[1] += 1
seen[0].seen[0] = 9
print(w, net.seen)                   # expect: [[9, 9], [4, 5]] [9, 0]
why(fn() { net.c[0] = 9 })           # expect: this cannot be assigned: it is a part of a model
why(fn() { nets.1[0] = 9 })          # expect: this cannot be assigned: it is a part of a tuple
why(fn() { d.x[0, 0] = 9 })          # expect: this cannot be assigned: it is a part of a dataset
why(fn() { made().a[0] = 9 })        # expect: this cannot be assigned: no variable holds it

let layers = chain(Dense(1, 2), relu)
layers[0].W = [[5, 6]]
layers[0].b += 1
print(layers[0].W, layers[0].b)      # expect: [[5, 6]] [1, 1]
# expect stderr: assign(w, values) sets a param
w[0] = [9, 9]                        # expect error: the elements of a param cannot be assigned one by one
