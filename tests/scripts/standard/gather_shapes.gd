let scores = zeros(4, 3)
print(gather(scores, [0, 2, 1, 1], axis: 1))   # expect error: x is [4, 3], the index [4]
# expect stderr: index[:, none]
