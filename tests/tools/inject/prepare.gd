# What the scripts beside this one find in their folder: a model, a tensor, a table, a tree, the checkpoint of a training half done.
seed(3)
let net = chain(Dense(2, 3), tanh, Dense(3, 1))
save(net, "net.safetensors")
save(tensor([[1, 2], [3, 4]]), "x.npy")
write("table.csv", "size,kind,price\n1.5,red,3\n2.5,blue,4\n-1,red,\"5\"\n")
write("tree.json", "{{\"name\": \"a\\u00e9\", \"sizes\": [1, 2.5, null], \"deep\": [[[true]]]}}")
write("note.txt", "old\n")
