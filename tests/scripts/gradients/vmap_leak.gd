# A tensor of one row has no value once vmap has ended.
let kept = 0
fn f(x) { kept = x; 2 * x }
grad(fn(w) { vmap(f)([1, 2]); sum(kept * w) })([1, 2])   # expect error: stands for one row inside `vmap`
