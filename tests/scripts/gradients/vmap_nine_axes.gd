# Eight axes a row leave no room for the rows: told at the operation, before anything is computed.
fn told(f) = attempt(f).error
let nine = "for all rows of `vmap` together this would have 9 axes; a tensor has at most 8"
print(told(fn() = vmap(fn(r) = r * ones(1, 1, 1, 1, 1, 1, 1, 3))(ones(2, 3))) == nine)   # expect: true
print(told(fn() = vmap(hessian(fn(v) = sum(v^3)))(ones(2, 1, 1, 4, 1))) == nine)    # expect: true
print(told(fn() = vmap(fn(r) = sum(r * ones(1, 1, 1, 1, 1, 1, 1, 3)))(ones(2, 3))) == nine)   # expect: true
print(told(fn() = vmap(fn(r) = ones(1, 1, 1, 1, 1, 1, 1, 3))(ones(2, 3))) == nine)   # expect: true
print(shape(vmap(fn(i) = ones(2, 1, 1, 1, 1, 1, 1, 3)[i])([1, 0])))   # expect: (2, 1, 1, 1, 1, 1, 1, 3)
vmap(fn(r) {
  let q = reshape(r, 2, 1, 1, 1, 1, 1, 1, 1)   # expect error: for all rows of `vmap` together this would have 9 axes
  concat(q, q, axis: 7)
})(ones(2, 2))
