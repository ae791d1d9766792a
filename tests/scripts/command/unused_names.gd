# check
# A local name that nothing uses is a warning; names of the top level, parts of a model, `_` and what is captured are none.
# expect stderr: `scaled` is never used
# status: 0
let constant = 3
model Net() {
  let first = Dense(2, 2)
  fn forward(x) {
    let scaled = 2 * x
    let _gone = 1
    let shared = 3
    let f = fn() = shared
    first(x) * f()
  }
}
