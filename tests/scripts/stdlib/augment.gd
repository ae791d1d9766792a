# Each image changes by a draw of its own; what comes in from outside is zero, and nothing else is made up.
let x = reshape(arange(2 * 3 * 64) + 1, 2, 3, 8, 8)
print(all(random_flip(x, p: 1) == flip(x, axis: 3)), all(random_flip(x, p: 0) == x), all(random_flip(x, p: 1, axis: 2) == flip(x, axis: 2)))   # expect: true true true
let many = expand(x[:1], 200, 3, 8, 8)
let flipped = mean(random_flip(many)[:, 0, 0, 0] == 8)
print(flipped > 0.3 and flipped < 0.7)                                           # expect: true
let shifted = random_shift(many, (2, 0))
print(min(shifted) == 0, all(shifted == 0 or shifted[:, :, :, :1] + arange(8)[none, none, none, :] == shifted))   # expect: true true
print(map(fn(by) = any(shifted[:, 0, 3, 0] == x[0, 0, 3 - by, 0]), list(-3, -2, -1, 0, 1, 2, 3)))          # expect: [false, true, true, true, true, true, false]
let crops = random_crop(many, (3, 8), padding: (1, 0))
print(shape(crops), all(crops[:, :, 1] == crops[:, :, 1, :1] + arange(8)[none, none, :]), min(crops))       # expect: (200, 3, 3, 8) true 0
let turned = random_rotate(ones(50, 1, 9, 9), 20)
print(all(abs(turned[:, 0, 4, 4] - 1) < 1e-5), min(turned) >= 0, min(turned) < 0.5, max(turned) < 1.001)   # expect: true true true true
print(abs(std(random_noise(zeros(100, 100), std: 0.5)) - 0.5) < 0.02)            # expect: true
