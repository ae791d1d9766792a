print(abs([-1, 2]), sign([-3, 0, 2]), square([3]))            # expect: [1, 2] [-1, 0, 1] [9]
print(floor([1.5, -1.5]), ceil([1.5, -1.5]), trunc([-1.5]))   # expect: [1, -2] [2, -1] [-1]
print(round([0.5, 1.5, 2.5, -0.6]))                            # expect ~ \[0, 2, 2, -1\]
print(minimum([1, 5], 3), maximum([1, 5], [2, 2]), clamp([-1, 0.5, 9], 0, 1))   # expect: [1, 3] [2, 5] [0, 0.5, 1]
print(where([true, false], [1, 2], 0), isnan([1, 0/0]), isinf([1, 1/0]))        # expect: [1, 0] [false, true] [false, true]
print("{exp([0, 1]):.4f} {log(2.718281828):.4f} {log2(8)} {log10(1000)}")        # expect ~ \[1\.0000, 2\.7183\] 1\.0000 (3|3\.0000001|2\.9999998) (3|2\.9999999)
print("{hypot(3, 4)} {atan2(1, 1):.4f} {erf(0.5):.4f} {lgamma(5):.4f}")          # expect: 5 0.7854 0.5205 3.1781
