print(i32([2147483647.9]))                    # expect: [2147483647]
print(i32([2147483648]))                     # expect error: 2147483648 does not fit in i32
