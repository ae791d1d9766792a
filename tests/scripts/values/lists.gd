let xs = ["a", "b"]
let ys = push(xs, "c")
print(xs, ys, len(ys))       # expect: ["a", "b"] ["a", "b", "c"] 3
ys[0] = "z"
print(ys[0], ys[-1], ys[1:3])   # expect: z c ["b", "c"]
let mixed = list(zeros(2), ones(3))
print(mixed[1])              # expect: [1, 1, 1]
for s in xs { print(s) }
# expect: a
# expect: b
