# check
# A copy of a param is a tensor, in `gd check` too: `hessian` takes it, and its shape is known.
let w = param(zeros(3))
print(hessian(fn(x) = sum(x^3))(copy(w)))
print(copy(w) @ zeros(4, 2))   # expect error: 3 and 4 differ
# status: 65
