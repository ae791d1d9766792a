let x = [-2, 0, 3]
print(relu(x), leaky_relu([-2, 3]), hardtanh(x))       # expect: [0, 0, 3] [-0.02, 3] [-1, 0, 1]
print("{sigmoid(x):.4f} {tanh(x):.4f}")                 # expect: [0.1192, 0.5000, 0.9526] [-0.9640, 0.0000, 0.9951]
print("{softplus(x):.4f} {silu(x):.4f}")                # expect: [0.1269, 0.6931, 3.0486] [-0.2384, 0.0000, 2.8577]
print("{gelu(x):.4f} {elu(x):.4f}")                     # expect: [-0.0455, 0.0000, 2.9960] [-0.8647, 0.0000, 3.0000]
print("{mish(3):.4f} {softsign(3):.4f} {hardsigmoid(1):.4f} {selu(1):.4f}")   # expect: 2.9865 0.7500 0.6667 1.0507
print(sigmoid(1000), sigmoid(-1000), log_sigmoid(-1000))   # expect: 1 0 -1000
