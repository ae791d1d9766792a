let i = i32([7, -7])
print(i + 1, i * 2, i % 4)         # expect: [8, -6] [14, -14] [3, 1]
print(i + 0.5, i / 2)              # expect: [7.5, -6.5] [3.5, -3.5]
print(sum(i), prod(i), cumsum(i))  # expect: 0 -49 [7, 0]
print(mean(i), sqrt(i32([4])))     # expect: 0 [2]
print(u8([200]) + u8([100]))       # expect: [300]
print(sum([true, true, false]), [true, false] + [true, true])   # expect: 2 [2, 1]
print(i32([1.7, -1.7, -0.5]))      # expect: [1, -1, 0]
