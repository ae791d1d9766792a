let y = LSTM(3, 4)(zeros(2, 6, 3), lengths: [6, 7])                  # expect error: lengths are whole numbers from 0 to the 6 steps of x
