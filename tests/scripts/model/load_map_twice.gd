# args: {tmp}
let net = Dense(3, 2)
let before = copy(net.W)
save(net, "{args[0]}/net.safetensors")
load(net, "{args[0]}/net.safetensors", map: fn(name) = "W")   # expect error: gives two parts of the file the name W
