print(mse(zeros(4, 1), zeros(4)))
# expect stderr: [4, 1]
# expect stderr: [4]
# status: 1
