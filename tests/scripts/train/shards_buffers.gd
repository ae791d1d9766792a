# A part's draws and batch statistics are its own; a buffer becomes the mean by rows, a counter the first part's.
model Seen {
  param w = 1
  buffer mean_ = 0
  buffer calls = i32(0)
  fn forward(x) {
    if training {
      mean_ = mean(x)
      calls = calls + 1
    }
    w * x
  }
}
let s = Seen()
let x = tensor([1, 2, 3, 4, 10])
train s on a in dataset(x) { loss: mean(s(a)); optimizer: GD(lr: 0.1); steps: 2; shards: 2; quiet: true }
print(s.mean_, s.calls)        # expect: 4 2
# by hand: the mean of the parts' means of squares about their own mean
let w = param(1)
fn spread(a) = mean((w * (a - mean(a))) ^ 2)
let h = train w on a in dataset(x) { loss: spread(a); optimizer: GD(lr: 0); steps: 1; shards: 2; quiet: true }
print(abs(h.loss[0] - (3 * 2 / 3 + 2 * 9) / 5) < 1e-5)   # expect: true
