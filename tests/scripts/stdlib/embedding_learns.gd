seed(1)
let e = Embedding(5, 2)
let kept = copy(e.table)
train e { loss: sum(e([1, 1, 3])^2); optimizer: GD(lr: 0.25); steps: 1; quiet: true }
print(max(abs(e.table[1])) < 1e-6, max(abs(e.table[3] - kept[3] / 2)) < 1e-6, all(e.table[0] == kept[0]))   # expect: true true true
