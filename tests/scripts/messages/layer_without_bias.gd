# The note of a layer shows the arguments that differ from their defaults.
let layer = Dense(2, 3, bias: false)   # expect error: `layer` is Dense(2, 3, bias: false), made here
layer(zeros(5, 4))
