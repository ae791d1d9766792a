# Weight decay of matrices alone, and rates by width.
let (w, b) = (param([[1, 1]]), param([1, 1]))
for o in list(AdamW(lr: 0.1, weight_decay: 1, decay: "matrices"), NAdam(lr: 0.1, weight_decay: 1, decay: "matrices")) {
  assign(w, [[1, 1]])
  assign(b, [1, 1])
  train w, b { loss: 0 * sum(w) + 0 * sum(b); optimizer: o; steps: 1; quiet: true }
  print("{w:.1f} {b:.1f}")   # expect: [[0.9, 0.9]] [1.0, 1.0]
}
# expect: [[0.9, 0.9]] [1.0, 1.0]
print(attempt(fn() = AdamW(decay: "some")).error)   # expect: decay must be "all" or "matrices", it is some
let (wide, bias) = (param(ones(128, 2)), param(ones(2)))
train wide, bias { loss: sum(ones(1, 128) @ wide + bias); optimizer: Mup(GD(lr: 1)); steps: 1; quiet: true }
print(wide[0], bias)   # expect: [0.5, 0.5] [0, 0]
