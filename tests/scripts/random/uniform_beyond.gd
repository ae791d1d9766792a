print(uniform(2, low: -3e38, high: 3e38))   # expect error: both finite
