# A column that is the target in other units, and one that numbers the rows, shuffled and split.
# expect stderr: column 3 of the inputs gives the target away: in every row this is 0.3333 times
# expect stderr: column 2 of the inputs numbers the rows
# expect no stderr: column 1 of the inputs
seed(1)
let x = randn(300, 2)
let y = x @ [1, -2] + 0.5 * randn(300)
let rows = permutation(400)[0:300]
let d = dataset(concat(x, rows[:, none], (3 * y + 1)[:, none], axis: 1), y)
let net = Dense(4, 1)
let h = train net on (x, y) in d { loss: mse(net(x)[:, 0], y); optimizer: Adam(lr: 0.01); batch: 32; epochs: 9; health: true }
print(h.epochs)   # expect: 9
