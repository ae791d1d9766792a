# map, filter and reduce take the collection first, so that pipes read; the other way round they do
# the same.
print(1..6 |> filter(fn(n) = n % 2 == 0) |> map(fn(n) = n^2))     # expect: [4, 16, 36]
print(map(fn(n) = n + 1, [1, 2]), map([1, 2], fn(n) = n + 1))     # expect: [2, 3] [2, 3]
print(reduce(1..4, fn(a, b) = a * b), reduce(fn(a, b) = a - b, [1, 2], 10))    # expect: 24 7
print(["b", "a"] |> map(upper) |> reduce(fn(a, b) = a + b))       # expect: BA
