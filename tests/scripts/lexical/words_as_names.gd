# The words of training are words only where their statement can begin.
let model = 1; let param = 2; let buffer = 3; let loss = 4; let optimizer = 5; let state = 6
let (train, test) = (7, 8)
let update = 9; let race = 10; let on = 11; let by = 12
loss += 1
train = train + 1
print(model + param + buffer, loss, optimizer, state, train, test, update, race, on, by)   # expect: 6 5 5 6 8 8 9 10 11 12
for i in 0..4 by 2 { print(i) }
# expect: 0
# expect: 2
# expect: 4
print((loss: 1, on: 2))   # expect: (loss: 1, on: 2)
