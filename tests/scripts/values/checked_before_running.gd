# silent
print("must not be printed")
print(undeclared)   # expect error: undeclared
