precision(f64)
seed(6)
let logits = randn(2, 6, 4)
let labels = [[1, 1, 3], [2, 0, 0]]
print(check_gradient(fn(x) = ctc(x, labels), logits))                            # expect: true
print(check_gradient(fn(x) = ctc(x, labels, lengths: [5, 2], weights: [1, 3]), logits))   # expect: true
print(check_gradient(fn(x) = sum(grad(fn(u) = ctc(u, labels))(x)^2), logits))    # expect: true
# It learns to spell.
let z = param(zeros(2, 6, 4))
train z { loss: ctc(z, labels); optimizer: Adam(lr: 0.2); steps: 100; quiet: true }
print(argmax(z, axis: 2)[1])                                                     # expect ~ \[[02, ]*2[02, ]*\]
print(ctc(z, labels) < 0.1)                                                      # expect: true
