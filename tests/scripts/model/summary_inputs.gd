# A model of several inputs is called on all of them; what gives a tuple shows the shapes in it.
model Two() {
  let recur = LSTM(4, 8, both: true)
  let (out, spare) = (Dense(16, 3), Dense(1, 1))
  fn forward(x, n) {
    let (y, last) = recur.run(x, lengths: n)
    (scores: out(y), last: last.h)
  }
}
let two = Two()
summary(two, zeros(2, 5, 4), [3, 5])
# expect ~ model +kind +output
# expect ~ · {14}Two +\(scores: \[2, 5, 3\], last: \[2, 2, 8\]\)
# expect ~ recur +LSTM +by its parts
# expect ~ recur\.steps\.0  _LSTMStep +\(\[2, 8\], \[2, 8\]\)
# expect ~ recur\.steps\.1  _LSTMStep +\(\[2, 8\], \[2, 8\]\)
# expect ~ out +Dense +\[2, 5, 3\]
# expect ~ spare +Dense +not called
# expect ~ part +shape +count
# output: any
summary(two, zeros(2, 5, 4))   # expect error: `forward` is missing its argument `n`
