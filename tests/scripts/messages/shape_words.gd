# status: 65
fn f(x: positve) = x                          # expect error: `positve` is not a dtype
fn g(x: int[N]) = x                           # expect error: did you mean `i32`?
fn h(x: [N]) -> f23 = x                       # expect error: did you mean `f32`?
fn k(x: N) = x                                # expect error: a shape is in brackets, x: [N, 2]
fn l(x: unit) = x                             # expect error: a domain is for a `param` of a model
model A() { param s: positve = 1 }            # expect error: did you mean `positive`?
model B() { param s: tensor = 1 }             # expect error: `tensor` is neither a dtype nor a domain
model C() { param s: between = 1 }            # expect error: `between` takes two numbers, the bounds of the param
