# A range where a tensor is wanted: the help makes one of it.
fn why(f) { print(attempt(f).error) }
let xs = 1..3
why(fn() = sum(xs))          # expect: a tensor or a number is expected here, this is a range
why(fn() = 2 - xs)           # expect: `-` does not take a number and a range
why(fn() = -xs)              # expect: `-` needs a number or a tensor, this is a range
why(fn() = shuffle(xs))      # expect: a data set, a tensor or a list can be shuffled, this is a range
print(sum(tensor(1..3)), tensor(1..3) * 2)   # expect: 6 [2, 4, 6]
# expect stderr: help: tensor(9..1 by -4) makes a tensor of the range
mean(9..1 by -4)             # expect error: a tensor or a number is expected here, this is a range
