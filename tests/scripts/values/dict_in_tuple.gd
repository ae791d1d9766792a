let t = (d: dict(a: 1), n: 2)
t.d.a = 3    # expect error: this cannot be assigned
