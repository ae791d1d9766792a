# Nothing leads to it: it is told by what made it.
print(Dense(4, 1)(ones(5, 2)))         # expect error: this is Dense(4, 1), made here
# status: 1
