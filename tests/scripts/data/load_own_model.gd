# args: {tmp}
# load(path) makes a net anew whose models and functions the script declares, with arguments of every kind.
fn bent(x) = relu(x) + 0.1 * x
model Net(widths, f = bent, options = (scale: 2, name: "x"), more = dict(k: [1, 2])) {
  let layers = [Dense(widths[i], widths[i + 1]) for i in 0..len(widths) - 2]
  fn forward(x) {
    for l in layers { x = f(l(x)) }
    options.scale * x
  }
}
let path = "{args[0]}/own.safetensors"
let net = chain(Net([3, 5, 2]), softmax)
save(net, path)
let again = load(path)
print(all(again(eye(3)) == net(eye(3))), again.parts[0].widths, again.parts[0].more)  # expect: true [3, 5, 2] dict(k: [1, 2])
fn made() {
  model Inner() { param w = 1 }
  Inner()
}
save(made(), path)
load(path)   # expect error: a model that no file declares at its top level, `Inner`
