print(zeros(2, 3).mean())   # expect error: `mean(zeros(2, 3))`
