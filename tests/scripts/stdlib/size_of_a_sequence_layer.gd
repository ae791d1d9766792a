let layer = Conv1d(3, 4, (3,))   # expect error: Conv1d: the size is one whole number of at least 1, not (3,)
