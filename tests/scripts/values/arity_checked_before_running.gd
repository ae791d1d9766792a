# silent
print("must not be printed")
fn f(a) = a
f(1, 2)   # expect error: f
