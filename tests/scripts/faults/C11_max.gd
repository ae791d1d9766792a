print(max(zeros(0)))   # expect error: no elements
