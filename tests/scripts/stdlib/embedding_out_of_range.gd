let e = Embedding(5, 2)
print(e([1, 5]))
# expect stderr: 5
# status: 1
