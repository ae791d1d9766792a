let net = GRU(3, 4, layers: 0)                                       # expect error: `layers` must be a whole number from 1 on
