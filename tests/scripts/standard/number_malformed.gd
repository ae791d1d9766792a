print(number("2x"))   # expect error: 2x
