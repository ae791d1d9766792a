# The rest of the arguments is the last parameter.
fn f(x, *rest) = x   # expect error: what takes the other arguments is the last parameter: `fn f(x, rest...)`
# status: 65
