# args: {tmp}
# A net that is rebuilt has the dtype of its file in each part, whatever the default float is.
let path = "{args[0]}/n.safetensors"
model Scaled(n) {
  let by = 1 / cumsum(ones(n))
  param w = ones(n)
  fn forward(x) = x * by * w
}
fn build() = chain(Standardize(f64([[1700000055, 1], [1700000056, 2]])), Scaled(2), Dense(2, 2))
let x = f64([[1700000057, 5]])
let mixed = build()
save(mixed, path)
print(all(load(path)(x) == mixed(x)))         # expect: true
precision(f64)
let fine = build()
save(fine, path)
precision(f32)
let again = load(path)
print(all(again(x) == fine(x)))               # expect: true
print(dtype(again(x)), dtype(zeros(1)))       # expect: f64 f32
