# status: 71
print(max(expand([1], 1099511627776) * 2))   # expect error: 1099511627776
