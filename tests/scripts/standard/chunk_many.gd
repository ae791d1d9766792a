# The number of parts is not bound to a few: a long tensor may be cut into hundreds.
let parts = chunk(arange(1000), 300)
print(len(parts), shape(parts[0]), shape(parts[299]))     # expect: 300 (4,) (3,)
print(sum(parts[99] * [1, 0, 0, 0]), parts[299])           # expect: 396 [997, 998, 999]
print(len(chunk(ones(2, 100), 65, axis: 1)))               # expect: 65
fn squares(x) = sum([sum(part)^2 for part in chunk(x, 70)])
print(grad(squares)(ones(71))[:4])                         # expect: [4, 4, 2, 2]
for n in list(1, 2) { print(len(chunk([1, 2, 3, 4], n)), chunk([1, 2, 3, 4], n).0) }   # a tuple of one, too
# expect: 1 [1, 2, 3, 4]
# expect: 2 [1, 2]
print(len(chunk(ones(3), 0)))   # expect error: the number of parts must be a whole number from 1 to 65535, not 0
