let v = [10, 20, 30]
print(v[[2, 0, 2]], v[[-1]])             # expect: [30, 10, 30] [30]
let m = reshape(arange(6), 2, 3)
print(m[[1, 0]], m[:, [2, 0]])           # expect: [[3, 4, 5], [0, 1, 2]] [[2, 0], [5, 3]]
print(shape(m[[[0, 1], [1, 0]]]))        # expect: (2, 2, 3)
print(v[v > 15], m[m[:, 0] > 1])         # expect: [20, 30] [[3, 4, 5]]
