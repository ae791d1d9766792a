# A loss that may take another way in each step is told at the end of the training that none reached a target.
let d = moons(50)
let (w, u, n) = (param(2), param(2), 0)
let net = Dense(2, 2)
print(attempt(fn() = train w { loss: { n += 1; n }; optimizer: GD(); steps: 3 }).error)   # expect: the loss does not reach `w`, which is to be trained
print(attempt(fn() = train w, u { loss: w^2 + sum(Dense(1, 1)([[1]])); optimizer: GD(); steps: 3 }).error)   # expect: the loss does not reach `u`, which is to be trained
print(attempt(fn() = train w on (x, y) in d { loss: if sum(x) > 1e5 { w^2 } else { 1 }; optimizer: GD(); epochs: 3; shards: 2 }).error)   # expect: the loss does not reach `w`, which is to be trained
# one step is enough
n = 0
print((train w { loss: { n += 1; if n == 3 { w^2 } else { 0 } }; optimizer: GD(lr: 0); steps: 3 }).step_loss[0:2])   # expect: [0, 0]
train net on (x, y) in d {   # expect error: the loss does not reach `net.W`, which is to be trained
  loss: cross_entropy(Dense(2, 2)(x), y); optimizer: Adam(); epochs: 3 }
