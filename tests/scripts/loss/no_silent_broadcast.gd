let net = Dense(3, 1)
let wrong = mse(net(zeros(5, 3)), zeros(5))
# expect stderr: [5, 1]
# expect stderr: [5]
# status: 1
