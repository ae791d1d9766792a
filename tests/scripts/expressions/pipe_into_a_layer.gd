# `x |> f(a)` is f(x, a); in parentheses the call is a value, and `x |> (f(a))` is f(a)(x).
fn adder(n) = fn(x) = x + n
fn told(f) = print(attempt(f).error)
print(3 |> (adder(1)), 3 |> (fn(x) = x + 1), 3 |> maximum(5), 3 |> (maximum)(5))   # expect: 4 4 5 5
print(shape(zeros(5, 2) |> (Dense(2, 8))))                                         # expect: (5, 8)
told(fn() = zeros(5, 2) |> chain(Dense(2, 2)))                                     # expect: `|>` gives the tensor to chain itself, as its first argument
told(fn() = zeros(5, 2) |> MaxPool2d(2))                                           # expect: `|>` gives the tensor to MaxPool2d itself, as its first argument
zeros(5, 2) |> BatchNorm(2)                                                        # expect error: to BatchNorm itself
# expect stderr: the layer of x is `x |> (f(a))`, or `f(a)(x)`
