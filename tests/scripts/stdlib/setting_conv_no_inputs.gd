let made = ConvTranspose2d(0, 4, 3)   # expect error: inputs and outputs are whole numbers of at least 1, not 0 and 4
