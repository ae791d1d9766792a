let t = (x: 1)
t.x = 2   # expect error ~ .
