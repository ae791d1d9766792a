let net = Dense(784, 10)
print(net(zeros(2, 768)))   # expect error: 784
