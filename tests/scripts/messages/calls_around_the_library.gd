# An error inside the library is at the call of the script, and the calls that led there follow.
fn f(x) = mse(x, [1])   # expect error: mse: the prediction is [2]
fn g(x) = f(x)
print(g([1, 2]))
# expect stderr: :2:11
# expect stderr: in `g`
# expect stderr: called at
