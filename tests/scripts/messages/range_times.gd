# expect stderr: help: tensor(1..3) makes a tensor of the range
print((1..3) * 2)   # expect error: `*` does not take a range and a number
