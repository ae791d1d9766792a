# Functions as other languages write them.
# status: 65
let a = function(x) x^2                # expect error: without a name it is `fn(x) = …`
let b = function(x) { x^2 }            # expect error: without a name it is `fn(x) = …`
let c = @(x) x^2                       # expect error: a function without a name is written `fn(x) = …`
let d = fn(x) -> x^2                   # expect error: a function without a name is written `fn(x) = …`
let e = fn(x): x^2                     # expect error: a function is declared with `fn name(…) = …`
fn f(x) x^2                            # expect error: a function is declared with `fn name(…) = …`
@jit                                   # expect error: there are no decorators
switch (x) { print(1) }                # expect error: there is no `switch`
# expect no stderr: `train net
