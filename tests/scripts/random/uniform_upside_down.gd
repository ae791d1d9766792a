print(uniform(2, low: 2, high: 1))   # expect error: `low` is 2, `high` is 1
