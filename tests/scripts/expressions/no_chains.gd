# status: 65
print(1 < 2 < 3)   # expect error ~ .
