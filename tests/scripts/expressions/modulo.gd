print(7 % 3, -7 % 3, 7 % -3, 5.5 % 2)   # expect: 1 2 -2 1.5
print([-7, 7] % 3)                       # expect: [2, 1]
