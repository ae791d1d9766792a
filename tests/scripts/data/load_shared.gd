# A layer that stands in several places of a net is one layer again when the net is loaded by its file alone.
# args: {tmp}
let (d, x) = (Dense(3, 3), randn(2, 3))
let blocks = Residual(chain(d, tanh))
let net = chain(d, tanh, d, blocks, chain(blocks), blocks)
save(net, "{args[0]}/two.safetensors")
let again = load("{args[0]}/two.safetensors")
print(all(again(x) == net(x)), len(parameters(again)), count(again) == count(net))   # expect: true 2 true
let first = again[0]
first.W = 0 * d.W
print(max(abs(again[2].W)), max(abs(again[3].part[0].W)))   # expect: 0 0
