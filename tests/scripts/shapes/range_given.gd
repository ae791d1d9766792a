# expect stderr: help: tensor(1..3) makes a tensor of the range
fn twice(x: [N]) = 2 * x
print(twice(1..3))   # expect error: `x` is declared [N], a range is given
