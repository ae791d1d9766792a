# One checkpoint for two seeds: the second run is not made, and says so; not where it is `quiet`.
# args: {tmp}
fn go(number, quiet) {
  seed(number)
  let w = param([3, 4])
  let h = train w { loss: sum(w^2); optimizer: Adam(lr: 0.1); steps: 3; checkpoint: "{args[0]}/a.ckpt"; resume: true; quiet: quiet }
  h.steps
}
print(go(1, false), go(2, false))   # expect: 3 3
# expect stderr: a.ckpt: steps: 3 made
print(go(1, true))   # expect: 3
