# A long sum in a function's training is walked once, not for ever.
fn main() {
  let k = 1
  let w = param(10)
  train w { loss: 0 * w + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + k * w; optimizer: SGD(lr: 1); steps: 3; quiet: true; each_step: { k = step + 1 }; stop: loss < 0 }
  w
}
print(main())   # expect: 4
