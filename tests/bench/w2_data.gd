# The data of W2, for gd and its peers alike: `gd w2_data.gd FOLDER` writes x.npy, f32 [60000, 784], and y.npy, i32 [60000].
# Like MNIST's: ten blurry patterns with a fifth of their pixels lit, each drawn many times with noise on what is lit.

seed(2)
let rows = 60000
let pattern = where(rand(10, 784) < 0.19, f32(randint(80, 256, 10, 784)), 0)
let y = randint(0, 10, rows)
let x = floor(clamp(pattern[y] * (1.2 * rand(rows, 784)), 0, 255)) / 255
save(x, "{args[0]}/x.npy")
save(y, "{args[0]}/y.npy")
