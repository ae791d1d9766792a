let y = LSTM(3, 4)(zeros(5, 6, 3), lengths: [6, 1, 2])               # expect error: `lengths` is [3], for x [5, 6, 3] it must be [5]
