# The second of two updates overflows: the step of both is none.
let a = param([1.0])
let b = param([1.0])
let calm = GD(lr: 0.1)
train on x in dataset([1]) {
  update a { loss: sum(a^2); optimizer: calm }
  update b { loss: sum(b * 4); optimizer: GD(lr: fn(t) = if t == 2 { 1e38 } else { 0.1 }) }   # expect error: makes `b` NaN or infinite at step 3
  epochs: 5
  quiet: true
}
