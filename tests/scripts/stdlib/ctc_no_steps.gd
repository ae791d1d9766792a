# A row without steps and labels has the loss 0 and no gradient, as in PyTorch; with labels it is too short.
precision(f64)
let logits = sin(reshape(arange(30), 2, 5, 3))
let f = fn(x) = ctc(x, [[0, 0], [1, 2]], lengths: [0, 4], reduce: "sum")
print(ctc(logits[:1], [[0, 0]], lengths: [0]), abs(f(logits) - ctc(logits[1:, :4], [[1, 2]])) < 1e-13)   # expect: 0 true
print(all(grad(f)(logits)[0] == 0), check_gradient(f, logits))                          # expect: true true
print(ctc(logits, [[0, 0], [1, 2]], lengths: [5, 0]))                                   # expect error: at least the number of the row's labels
# status: 1
