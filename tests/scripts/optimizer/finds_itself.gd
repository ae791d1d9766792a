# `lr: auto` is the 1 of the declaration where the optimizer finds the length of its steps.
for o in list(fn() = DoG(lr: auto), fn() = Prodigy(lr: auto), fn() = DAdaptation(lr: auto)) {
  let w = param([3, -2])
  let found = o()
  let h = train w { loss: sum(w^2); optimizer: found; steps: 200; quiet: true }
  print(found.lr, h.loss[-1] < 1e-3)   # expect: 1 true
}
# expect: 1 true
# expect: 1 true

# squares that overflow are an error
let w = param([3, -2])
train w { loss: 1e20 * sum(w^2); optimizer: Polyak(); steps: 5; quiet: true }   # expect error: the update makes the state `squares` of Polyak for `w` NaN or infinite at step 1
