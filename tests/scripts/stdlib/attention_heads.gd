let net = Attention(10, 4)                         # expect error: a width of 10 cannot be cut into 4 equal heads
