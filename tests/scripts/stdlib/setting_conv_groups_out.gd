let made = Conv1d(4, 3, 3, groups: 2)   # expect error: 3 outputs cannot be cut into 2 equal groups
