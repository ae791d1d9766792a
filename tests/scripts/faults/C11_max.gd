print(max(zeros(0)))   # expect error: empty
