# What is impossible by a mask learns nothing, the rest as if it were not there; so in attention.
let w = param([[0.5, 1, 2]])
let mask = [[0, 0, -inf]]
let h = train w { loss: cross_entropy(w + mask, [0]); metrics: accuracy(w + mask, [0]); optimizer: GD(lr: 1); steps: 20; quiet: true }
print(w[0, 2], h.loss[-1] < h.loss[0], h.accuracy[-1])                # expect: 2 true 1
let v = param([[0.5, 1]])
train v { loss: cross_entropy(v, [0]); optimizer: GD(lr: 1); steps: 20; quiet: true }
print(max(abs(v - w[:, 0:2])) < 1e-6)                                 # expect: true
let scores = param([[1, 2], [3, 4]])
let causal = [[0, -inf], [0, 0]]
train scores { loss: sum(softmax(scores + causal)[:, 0]^2); optimizer: GD(lr: 0.1); steps: 3; quiet: true }
print(scores[0], scores[1, 0] < 3)                                    # expect: [1, 2] true
