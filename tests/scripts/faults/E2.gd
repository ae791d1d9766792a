fn f(n) = 1 + f(n + 1)
print(f(0))
# expect stderr: deep
# status: 1
