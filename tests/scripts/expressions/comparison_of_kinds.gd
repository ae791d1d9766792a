print("a" < "b")   # expect: true
print(1 < "b")     # expect error ~ .
