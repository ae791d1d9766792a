# What can be a plain number only is a constant to the gradient, and that is told.
print(grad(fn(n) = sum(ones(n)) * n)(3))   # expect: 3
# expect stderr: settings_read.gd:2:29
print(grad(fn(k) = sum([1, 2, 3][:k]) * k)(2))   # expect: 3
# expect stderr: settings_read.gd:4:34
print(grad(fn(n) = sum(tensor(1..n)) * n)(3))   # expect: 6
# expect stderr: settings_read.gd:6:34
print(grad(fn(s) = sum(line_data(3, slope: s).y) * 0 + s)(3))   # expect: 1
# expect stderr: settings_read.gd:8:37
print(grad(fn(x) = sum(shuffle(dataset(x, x)).x) + sum(x))([1, 2]))   # expect: [1, 1]
# expect stderr: settings_read.gd:10:24
