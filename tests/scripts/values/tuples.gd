let t = (x: 1, y: 2)
print(t.x, t.0, t[1], t[-1], len(t))  # expect: 1 1 2 2 2
let (a, (b, c)) = (1, (2, 3))
print(a, b, c)                        # expect: 1 2 3
print((1, 2) == (1, 2), (1, 2) == (1, 3))   # expect: true false
