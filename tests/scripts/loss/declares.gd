loss squared(p, y, scale = 1) = scale * mean((p - y)^2)
print(squared([1, 2], [3, 4]), squared([1, 2], [3, 4], scale: 3))   # expect: 4 12
loss total(p, y) { let a = squared(p, y); a + 1 }
print(total([1], [2]))                                               # expect: 2
