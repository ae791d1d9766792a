# check
# What stands behind the end of the program is not run, functions with shapes are looked at all the same.
fn wrong(x: [N, 2]) = x @ zeros(3, 1)            # expect error: 3
exit(0)
print(zeros(2) + zeros(3))
