let net = Dense(2, 3)
print(net.weight)   # expect error: its parts are
