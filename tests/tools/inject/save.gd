# Files replaced by new ones.
seed(4)
let net = chain(Dense(2, 3), tanh, Dense(3, 1))
save(net, "net.safetensors")
save(tensor([[5, 6], [7, 8]]), "x.npy")
write("note.txt", "new\n")
print("saved")
