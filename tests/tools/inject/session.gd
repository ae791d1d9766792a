# session
let x = tensor([1, 2, 3])
save(x, "x.npy")
print("one", sum(x))
fn f(v) = v * 2
print(f(4), npy("x.npy"))
print("last")
