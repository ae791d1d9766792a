let made = random_shift(zeros(2, 1, 4, 4), (1, -1))   # expect error: the shift is a whole number of at least 0
