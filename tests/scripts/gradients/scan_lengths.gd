let both = scan(fn(s, x) = (s, x.0), 0, ([1, 2], [1, 2, 3]))       # expect error: have 2 and 3 rows
