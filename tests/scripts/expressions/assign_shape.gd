let v = zeros(5)
v[1:3] = [1, 2, 3]   # expect error: [3]
