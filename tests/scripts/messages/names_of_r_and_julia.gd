let y = [1, 2]
print(y[end])       # expect error: `x[-1]` is the last element
print(TRUE)         # expect error: write `true`
print(exp2(y))      # expect error: write `2 ^ x`
no_grad()           # expect error: only `train` and `grad` differentiate
