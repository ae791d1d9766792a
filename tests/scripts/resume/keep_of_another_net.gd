# What `keep:` stored of a net with another activation is forgotten, and its values with it.
# args: {tmp}
let d = dataset(linspace(-1, 1, 8)[:, none], linspace(-1, 1, 8))
fn go(net, epochs) {
  let h = train net on (x, y) in d {
    loss: mse(net(x)[:, 0], y)
    optimizer: GD(lr: 0.01)
    epochs: epochs
    keep: best(-loss)
    checkpoint: "{args[0]}/a.ckpt"
    resume: true
    quiet: true
  }
  (h.epochs, h.loss)
}
seed(1)
let net = chain(Dense(1, 4), tanh, Dense(4, 1))
let first = go(net, 3)
seed(1)
let other = chain(Dense(1, 4), relu, Dense(4, 1))
let second = go(other, 5)
print(first.0, second.0)   # expect: 3 5
# expect stderr: resumed with another `loss`: it was mse(net(x)[:, 0], y), net of digest
# expect stderr: what `keep:` or `stop:` stored is reset
seed(1)
let again = chain(Dense(1, 4), relu, Dense(4, 1))
print(go(again, 6).0)      # expect: 6
