# one_hot of an input is no width of the output, one_hot of labels is
seed(7)
let x = randint(0, 45, 40, 3)
let y = randint(0, 3, 40)
let table = param(randn(50, 4))
let head = Dense(4, 3)
train table, head on (x, y) in (x, y) { loss: cross_entropy(head(mean(one_hot(x, 50) @ table, axis: 1)), y); optimizer: Adam(); batch: 10; epochs: 2; health: true; quiet: true }
print("none")                        # expect: none
