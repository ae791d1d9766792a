fn add(a, b = 10) = a + b
print(1 |> add, 1 |> add(5), 1 |> add(b: 2))   # expect: 11 6 3
print(16 |> sqrt |> add(1))                     # expect: 5
print([3, 1, 2] |> sort |> sum)                  # expect: 6
