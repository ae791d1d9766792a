# A bare param may be a group, alone, in a tuple and beside a model that it is a part of: each is stepped as it would be alone.
let (w, v) = (param([1, 2]), param([1, 2]))
train w, v { loss: sum(w^2) + sum(v^2); optimizer: groups((w, GD(lr: 0.1)), (v, GD(lr: 0.25))); steps: 2; quiet: true }
print("{w:.4f} {v:.4f}")   # expect: [0.6400, 1.2800] [0.2500, 0.5000]
train w, v { loss: sum(w^2) + sum(v^2); optimizer: groups(((w, v), GD(lr: 0.25))); steps: 1; quiet: true }
print("{w:.4f} {v:.4f}")   # expect: [0.3200, 0.6400] [0.1250, 0.2500]
let net = chain(Dense(2, 4), tanh, Dense(4, 1))
let (first, rest) = (copy(net.parts[0].W), copy(net.parts[2].W))
train net { loss: sum(net([[1, 2]])^2); optimizer: groups((net.parts[0].W, GD(lr: 0)), (net, GD(lr: 0.1))); steps: 1; quiet: true }
print(all(net.parts[0].W == first), any(net.parts[2].W != rest))   # expect: true true
train w, v { loss: sum(w^2) + sum(v^2); optimizer: groups((w, GD())); steps: 1; quiet: true }
# expect stderr: groups: a tensor that is trained is in no group; give the rest a group of its own
# status: 1
