# `net.x = value` sets a param or buffer of a model, which stays the one that it was.
model Net() {
  param w = ones(2)
  buffer seen = 0
  let part = Dense(1, 1)
}
let net = Net()
let shared = net.w
net.w = [3, 4]
net.w += 1
print(net.w, shared)   # expect: [4, 5] [4, 5]
let other = 0
(net.seen, other) = (7, 8)
print(net.seen, other)   # expect: 7 8
let failed = attempt(fn() { net.w = ones(3) })
print(failed.ok, net.w)   # expect: false [4, 5]
net.part = Dense(1, 1)    # expect error: only params and buffers of a model can be assigned, this is a model
