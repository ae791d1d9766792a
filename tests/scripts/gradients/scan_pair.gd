let total = scan(fn(s, x) = s + x, 0, [1, 2])                      # expect error: must give the pair (state, y)
