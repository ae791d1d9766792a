let none_there = scan(fn(s, x) = (s, x), 0, zeros(0, 3))           # expect error: needs at least one row
