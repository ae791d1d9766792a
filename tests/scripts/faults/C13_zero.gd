print(reshape(zeros(0, 3), -1, 0))   # expect error: -1
