# A layer of the library that is given a function for a number or a bool, or the name of one.
fn told(f) = print(attempt(f).error)
told(fn() = Dense(2, 3, "relu"))      # expect: `bias` of Dense is true or false, this is a string
told(fn() = Conv2d(1, 8, 3, relu))    # expect: `stride` of Conv2d is a number, this is a function
told(fn() = RNN(2, 8, "tanh"))        # expect: `layers` of RNN is a number, this is a string
told(fn() = LayerNorm(2, relu))       # expect: `eps` of LayerNorm is a number, this is a function
Dense(2, 3, relu)                     # expect error: `bias` of Dense is true or false, this is a function
# expect stderr: an activation is a separate part: `chain(Dense(2, 16), relu, Dense(16, 1))`
