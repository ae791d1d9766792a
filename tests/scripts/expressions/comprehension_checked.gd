# check
# status: 65
let widths = [64, 32, 8]
let layers = [Dense(widths[i], widths[i + 1]) for i in 0..1]
let seen = [x for x in randn(9) if x > 0]       # how many is not known before it runs
print(mean(seen), layers[1](zeros(5, 32)))
print(layers[1](zeros(5, 64)))                  # expect error: axis 1 is 64, `inputs` is 32
