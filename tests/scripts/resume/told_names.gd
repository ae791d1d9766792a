# a number and a function that the words of the loss name are part of it
# args: {tmp}
let path = "{args[0]}/run.ckpt"
fn run(weight, power, steps) {
  let w = param(3)
  let h = train w { loss: power(w) + weight * w^4; optimizer: GD(lr: 0.01); steps: steps; checkpoint: path; resume: true; quiet: true }
  h.steps
}
run(0.5, fn(p) = p^2, 1)
print(run(0.25, fn(q) = abs(q)^3, 2))   # expect: 2
# expect stderr: resumed with another `loss`: it was power(w) + weight * w^4, power of digest
