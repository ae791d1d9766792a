fn f(x: []) = x + 1
print(f(sum([1, 2])), f(3))   # expect: 4 4
print(f([1]))                 # expect error: [1]
