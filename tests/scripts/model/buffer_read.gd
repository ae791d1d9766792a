# a buffer that is read is the value of then: what is assigned later leaves it alone
model Ema() {
  buffer mean_ = [0, 0]
  fn forward(x) {
    let old = mean_
    mean_ = 0.5 * old + 0.5 * x
    mean_ - old
  }
}
let e = Ema()
print(e([1, 2]), e.mean_)                            # expect: [0.5, 1] [0.5, 1]

model Sum() {
  param w = 1
  buffer total = 0
  let start = total
  fn tick(x) { total = total + x; total }
  fn forward(x) { let a = tick(x); let b = tick(x); w * (b - a) + 0 * start }
}
let s = Sum()
print([s.tick(i) for i in 1..4], s.tick(0), s.start) # expect: [1, 3, 6, 10] 10 0
let before = s.total
let pair = (s.total, s.tick(5), s.total)
print(before, pair, dict(n: s.total), s.tick(1), s.tick(1))   # expect: 10 (10, 15, 15) dict(n: 15) 16 17
fn later(n) { s.tick(1); n }
print(later(s.total), s.total)                       # expect: 17 18

# in a recorded step, and between the steps of a training
let seen = list()
let h = train s { loss: s(2); optimizer: GD(lr: 0.25); steps: 3; quiet: true; each_step: { seen = push(seen, s.total) } }
print(h.loss, seen, s.total)                         # expect: [2, 1, 0] [22, 26, 30] 30
let (slope, value) = (grad(fn(k) = (s.tick(1) - s.total + 3) * k * s.total)(1), s.total)
print(slope, value)                                  # expect: 93 31
print(vmap(fn(x) = x + s.total)([1, 2]), copy(s.total)) # expect: [32, 33] 31

# assign() writes to the buffer itself, and so does a field
assign(s.total, 7)
print(s.total)                                       # expect: 7
s.total = 8
print(s.total, before)                               # expect: 8 10
