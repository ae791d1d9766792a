fn f(y: i32[N]) = sum(y)
print(f(i32([1, 2])))   # expect: 3
print(f([0.5, 1]))      # expect error: i32
