# Only pictures are flipped, not the batch and not the colours.
let x = [[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]]
print(random_flip(x, p: 1, axis: 2)[0], random_flip(x, p: 1, axis: -1)[1])   # expect: [[[3, 4], [1, 2]]] [[[6, 5], [8, 7]]]
print(attempt(fn() = random_flip(x, axis: 1)).error)   # expect: random_flip: `axis:` is 2 (top to bottom) or 3 (left to right), 1 is that of the colours
print(attempt(fn() = random_noise(x, std: -1)).error)   # expect: random_noise: `std` is at least 0 and finite, this is -1
random_flip(x, axis: 0)   # expect error: random_flip: `axis:` is 2 (top to bottom) or 3 (left to right), 0 is that of the batch
