let net = Dense(2, 1); print(net.state_dict())   # expect error: parameters(net)
