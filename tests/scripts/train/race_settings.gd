# Every combination, the first name slowest; names are seen in the other clauses; `make:` builds the targets for each entry.
seed(2)
let d = moons(60, noise: 0.1)
let net = none
let r = race net on (x, y) in d {
  settings: (lr: [0.1, 0.0001], width: [3, 5])
  make: { net = chain(Dense(2, width), tanh, Dense(width, 2)) }
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: lr)
  epochs: 20
}
print(keys(r)[0:4])    # expect: ["lr: 0.1, width: 3", "lr: 0.1, width: 5", "lr: 0.0001, width: 3", "lr: 0.0001, width: 5"]
print(r.winner.lr, shape(net.parts.0.W) == (2, r.winner.width))   # expect: 0.1 true
let last = r["lr: 0.1, width: {r.winner.width}"].loss[-1]
print(number(cross_entropy(net(d.x), d.y)) < last * 1.01)               # expect: true
# some of many, the same ones for a seed; a list of settings; values of any kind, counted by a range or a list
let w = param([1.0, 2.0])
fn some() { seed(9); keys(race w { settings: (lr: linspace(0.001, 0.3, 100), k: 1..50); random: 4; loss: sum(w^2) * k; optimizer: GD(lr: lr / k); steps: 2 }) }
print(len(some()), some() == some())   # expect: 5 true
let q = race w { settings: [(lr: 0.1, o: "a"), (lr: 0.2, o: "b")]; loss: sum(w^2); optimizer: GD(lr: if o == "a" { lr } else { 0 }); steps: 2 }
print(keys(q), q.winner.o)             # expect: ["lr: 0.1, o: \"a\"", "lr: 0.2, o: \"b\"", "winner"] a
