# An error in a model made with a tensor is not always of a model that was not made first.
model Prior(mu) {
  param w = mu
  let scale = zeros(2) @ zeros(3, 1)   # expect error: shapes do not fit in `@`
}
# expect no stderr: made first
let net = Prior([1, 2])
