# An activation is a part of a chain by its name.
let a = chain(Dense(2, 3), ReLU(), Dense(3, 1))       # expect error: without parentheses: `relu`
let b = chain(Dense(2, 3), LeakyReLU(), Dense(3, 1))  # expect error: without parentheses: `leaky_relu`
let c = Tanh(2)                                       # expect error: did you mean `tanh`?
# status: 65
