let made = Conv2d(4, 4, (3, 0))   # expect error: the size is a whole number of at least 1
