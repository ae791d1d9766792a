# The tensors of an NPZ file, a tuple by name, stand in place of a dict.
let net = Dense(2, 1)
load(net, (W: [[1], [2]], b: [3]))
print(net([[1, 1]]))              # expect: [[6]]
print(attempt(fn() = load(net, (W: [[1], [2]]))).error)   # expect: the tuple does not hold this model
load(net, ([[1], [2]], [3]))      # expect error: each tensor of the tuple needs the name of a part, number 0 has none
# status: 1
