# terminal
let x = tensor([1, 2, 3])
fn twice(v) {
  v * 2
}
twic	(x)
?sum
save(x, "t.npy")
sum(npy("t.npy"))
[A
su		(x)
let w = param(0)
train w { loss: (w - 1)^2; optimizer: GD(lr: 0.1); steps: 3 }
print("the", "end", 6 * 7)
