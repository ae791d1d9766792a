let p = Positions(4, 3, "sinusoidal")              # expect error: 3 is odd
