# Files read.
let net = chain(Dense(2, 3), tanh, Dense(3, 1))
load(net, "net.safetensors")
print(net(tensor([[1, 2]])))
print(npy("x.npy"), json("tree.json").sizes, read("note.txt"))
