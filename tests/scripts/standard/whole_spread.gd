# Means and deviations of whole numbers look at the numbers and not at f32s near them.
print(var(i32([1, 2, 3, 4])), std(i32([1, 3])), mean(i32([1, 2, 6])))          # expect: 1.25 1 3
let big = i32([1073741824, 1073741824]) + i32([1, 4])
print(var(big), std(big, ddof: 1) - std(i32([1, 4]), ddof: 1))                 # expect: 2.25 0
print(mean(big - 1073741824), var(stack(big, -big), axis: 1))                  # expect: 2.5 [2.25, 2.25]
print(var(i32([-2000000000, 2000000000])) / 4e18)                              # expect: 1
