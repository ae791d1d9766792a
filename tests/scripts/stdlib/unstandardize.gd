# args: {tmp}
# The inverse of Standardize for targets: of rows, of columns, constant ones too; rebuilt from the net's file.
let d = dataset(randn(50, 3), 1e6 + 500 * randn(50))
let back = Unstandardize(d)
print(max(abs(back((d.y - mean(d.y)) / std(d.y)) - d.y)) < 1, shape(back(zeros(7, 1))), count(back))   # expect: true (7, 1) 0
print(Unstandardize([[1, 5], [3, 5]])([[1, 0], [-1, 2]]))                                          # expect: [[3, 5], [1, 7]]
let net = chain(Standardize(d), Dense(3, 1), Unstandardize(d))
save(net, "{args[0]}/net.safetensors")
print(all(load("{args[0]}/net.safetensors")(d.x) == net(d.x)))                                     # expect: true
print(attempt(fn() = Unstandardize(dataset(zeros(2, 1), i32([0, 1])))).error)                      # expect ~ Unstandardize is for targets that are numbers, these are classes \(i32\).*
print(Unstandardize(zeros(0)))                                                                     # expect error: needs targets
# status: 1
