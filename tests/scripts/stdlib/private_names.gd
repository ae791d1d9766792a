# A file of the library uses private names of another.
let w = param([3, -2])
train w { loss: sum([1, 4] * (w - 1)^2); optimizer: Newton(); steps: 3; quiet: true }
print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
