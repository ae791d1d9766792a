let net = Dense(2, 1); net.fit(ones(4, 2), ones(4, 1))   # expect error: train net on
