# timeout: 20
# Many classes of a row each: in proportion, and in time that grows with the rows.
let d = dataset(tensor(1..7), tensor([0, 0, 0, 1, 1, 2, 3]))
let (a, b) = split(d, 0.5, by: "y")
print(a.y, b.y)                             # expect: [0, 1, 3] [0, 0, 1, 2]
let many = dataset(tensor(1..200000), tensor(1..200000))
let (c, e) = split(many, 0.5, by: "y")
print(len(c), len(e))                       # expect: 100000 100000
let (first, rest) = split(dataset([1, 2, 3], [-0.0, 0.0, 1]), 0.5, by: "y")
print(len(first), len(rest))                # expect: 1 2
