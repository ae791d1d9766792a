for i in [10, 20] { print(i) }
# expect: 10
# expect: 20
for row in [[1, 2], [3, 4]] { print(row) }
# expect: [1, 2]
# expect: [3, 4]
for (name, n) in [("a", 1), ("b", 2)] { print(name, n) }
# expect: a 1
# expect: b 2
for (i, c) in enumerate("xy") { print(i, c) }
# expect: 0 x
# expect: 1 y
for (a, b) in zip(["p"], ["q"]) { print(a, b) }   # expect: p q
