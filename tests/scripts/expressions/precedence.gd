print(1 + 2 * 3 ^ 2)                  # expect: 19
print(-2 ^ 2, (-2) ^ 2, 2 ^ -1)       # expect: -4 4 0.5
print(2 ^ 3 ^ 2)                      # expect: 512
print(not true or true, not (true or true))   # expect: true false
print(1 + 1 == 2 and 2 < 3)           # expect: true
print(1..2 + 3)                       # expect: 1..5
print([[1, 2], [3, 4]]' @ [1, 0])     # expect: [1, 2]
print([1, 2] + [3, 4] |> sum)         # expect: 10
print(true or false and false)        # expect: true
