let v = zeros(5)
v[0] = 1
v[-1] = 2
v[1:3] = [7, 8]
print(v)                     # expect: [1, 7, 8, 0, 2]
let m = zeros(2, 3)
m[0] = [1, 2, 3]
m[:, 1] = 9
m[1, 2] += 5
print(m)                     # expect: [[1, 9, 3], [0, 9, 5]]
let l = ["a", "b"]
l[1] = "c"
print(l)                     # expect: ["a", "c"]
