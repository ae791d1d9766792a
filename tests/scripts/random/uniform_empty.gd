print(uniform(2, low: 1))   # expect error: `low` below `high`
