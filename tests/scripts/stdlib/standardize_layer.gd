seed(6)
# args: {tmp}
let x = concat(1e6 + randn(50, 1), full(50, 1, value: 0.1), 3 * randn(50, 1) - 2, axis: 1)
let d = dataset(x, randint(0, 2, 50))
let layer = Standardize(d)
let scaled = layer(x)
print(max(abs(mean(scaled, axis: 0))) < 0.05, max(abs(std(scaled, axis: 0) - [1, 0, 1])) < 0.01)   # expect: true true
print(all(scaled[:, 1] == 0), max(abs(scaled - standardize(d).x)) < 0.05)                          # expect: true true
print(count(layer), shape(layer.mean_), shape(Standardize(zeros(4, 2, 3))(zeros(7, 2, 3))))        # expect: 0 (3,) (7, 2, 3)
# It is saved with the net, and raw rows go in.
let net = chain(Standardize(d), Dense(3, 2))
save(net, "{args[0]}/scaled.safetensors")
let again = chain(Standardize(zeros(1, 3)), Dense(3, 2))
load(again, "{args[0]}/scaled.safetensors")
print(all(again(x) == net(x)))                                                                     # expect: true
print(Standardize(zeros(0, 3)))                                                                    # expect error: needs rows
# status: 1
