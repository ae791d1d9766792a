# A comparison is no number, whether of numbers or of tensors.
loss all_right(p, y) = all(p == y)
loss close(p, y) = abs(p - y) < 1
fn why(f) { print(attempt(f).error) }
why(fn() = all_right([1, 2], [1, 2]))   # expect: the loss `all_right` must give one number, it gives a bool
why(fn() = close(1, 2))                 # expect: the loss `close` must give one number, it gives a bool
loss count(p, y) = sum(p == y)
print(count([1, 2], [1, 3]))            # expect: 1
