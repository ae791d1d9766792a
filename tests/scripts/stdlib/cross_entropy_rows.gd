print(cross_entropy(zeros(4, 3), zeros(5)))
# expect stderr: [4, 3]
# expect stderr: [5]
# status: 1
