print(matmul(eye(2), eye(2)))   # expect error: matrix product
