let one = scan(fn(s, x) = (s, x), 0, 5)                            # expect error: iterates over axis 0 of a tensor
