print(cross_entropy([[1, 2], [0, 1]], [0, 1], [1, 1]))   # expect error: `weights:` takes one a row
# status: 1
