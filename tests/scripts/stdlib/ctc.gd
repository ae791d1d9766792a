# Against the sum over all ways: every sequence of classes whose collapse is the labels.
precision(f64)
seed(5)
let (steps, classes) = (5, 3)
let logits = randn(1, steps, classes)
let logs = log_softmax(logits)[0]
fn collapsed(path) {
  let (kept, last) = ([], -1)
  for c in path { if c != last and c != 0 { kept = push(kept, c) }; last = c }
  str(kept)
}
fn by_hand(labels) {
  let total = 0
  for code in 0..classes^steps - 1 {
    let path = map(fn(t) = floor(code / classes^t) % classes, 0..steps - 1)
    let score = 0
    for (t, c) in enumerate(path) { score = score + logs[t, c] }
    if collapsed(path) == str(labels) { total = total + exp(score) }
  }
  -log(total)
}
print(abs(ctc(logits, [[1, 2]]) - by_hand([1, 2])) < 1e-13, abs(ctc(logits, [[1, 1]]) - by_hand([1, 1])) < 1e-13)   # expect: true true
print(abs(ctc(logits, [[2, 0]]) - by_hand([2])) < 1e-13, abs(ctc(logits, zeros(1, 0)) - by_hand([])) < 1e-13)      # expect: true true
print(abs(ctc(logits[:, :, [1, 2, 0]], [[0, 2]], blank: 2) - ctc(logits, [[1, 0]])) < 1e-13)                        # expect: true
# Rows of different lengths: what comes after a row's own steps does not matter.
let more = concat(logits, concat(logits[:, :3], full(1, 2, 3, value: 7), axis: 1), axis: 0)
print(abs(ctc(more, [[1, 2], [2, 0]], lengths: [5, 3], reduce: "none")[1] - ctc(logits[:, :3], [[2]])) < 1e-13)    # expect: true
print(ctc(logits, [[1]], blank: 3))   # expect error: `blank` is a class, a whole number from 0 to 2, this is 3
