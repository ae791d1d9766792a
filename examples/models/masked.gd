# A net tells what is hidden of a digit from what is seen of it: learned without labels.
#
# Shows: masked reconstruction (as in He et al., "Masked Autoencoders Are Scalable Vision Learners",
# 2022), a mask drawn anew in each step, a loss of the hidden part only.
# Outcome: its error is 0.8 of the mean picture's or less, on digits and masks never seen.

seed(6)
let (seen, held) = (digits(4000), digits(500))
let net = chain(Flatten(), Dense(784, 256), gelu, Dense(256, 256), gelu, Dense(256, 784))

# Of the sixteen squares of each picture a quarter is hidden.
fn hidden(n) = repeat(repeat(bernoulli(0.25, n, 4, 4), 7, axis: 1), 7, axis: 2)
fn error(told, x, hide) = sum(hide * (told - x)^2) / sum(hide)
fn told(x, hide) = reshape(net(x * (1 - hide) - hide), shape(x)...)   # hidden is -1

train net on x in seen.x {
  loss: { let hide = hidden(len(x)); error(told(x, hide), x, hide) }
  optimizer: Adam(lr: one_cycle(2e-3, steps: 1600))
  epochs: 20
  batch: 50
  quiet: true
}
let hide = hidden(500)
let usual = error(mean(seen.x, axis: 0)[none], held.x, hide)
let found = error(told(held.x, hide), held.x, hide)
print("error of what is hidden: {found:.4f}, of the mean picture {usual:.4f}")
assert(found < 0.8 * usual)
