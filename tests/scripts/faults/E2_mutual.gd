fn f(n) = 1 + g(n)
fn g(n) = 1 + f(n)
print(f(0))
# expect stderr: deep
# status: 1
