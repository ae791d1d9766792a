let x = zeros(1, 1, 1, 1, 1, 1, 1, 1, 1)   # expect error: 8
