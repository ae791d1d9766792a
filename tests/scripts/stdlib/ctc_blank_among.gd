print(ctc(zeros(2, 6, 3), [[1, 2], [0, 2]]))   # expect error ~ fills it up behind them: found 2 at \[1, 1\]
# status: 1
