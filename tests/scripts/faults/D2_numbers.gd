print(isnan(1 % 0), isnan([1] % 0))            # expect: true [true]
print(i32([-2147483648]) / -1)                 # expect ~ \[(2147483648|2\.14748e9)\]
