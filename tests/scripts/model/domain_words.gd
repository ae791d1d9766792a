# status: 65
model A() { param a: between(1) = 0.5 }        # expect error: `between` takes two numbers, the bounds of the param
model B() { param a: positive(0, 1) = 0.5 }    # expect error: `positive` is not a domain that takes numbers
fn f(x: between(0, 1)) = x                     # expect error: a domain is for a `param` of a model
