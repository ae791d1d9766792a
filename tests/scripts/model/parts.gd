model Net() {
  let first = Dense(2, 3)
  let blocks = list(Dense(3, 3), Dense(3, 1, bias: false))
  param scale = 1
}
let net = Net()
print(count(net), shape(net.first.W), shape(net.blocks[0].b))   # expect: 25 (2, 3) (3,)
for (name, value) in parameters(net) { print(name, size(value)) }
# expect: first.W 6
# expect: first.b 3
# expect: blocks.0.W 9
# expect: blocks.0.b 3
# expect: blocks.1.W 3
# expect: scale 1
