precision(f64)
# Scores of 0.2 that come true one time in five are right; of 0.8, always, are off by 0.2.
let z = log([0.25, 0.25, 0.25, 0.25, 0.25, 4, 4, 4, 4, 4])
let y = [1, 0, 0, 0, 0, 1, 1, 1, 1, 1]
print("{calibration(z, y, bins: 4):.6f} {calibration(z[:5], y[:5], bins: 4):.6f}")     # expect: 0.100000 0.000000
print("{calibration(z, y, bins: 2, table: true):.2f}")                                 # expect: [[0.20, 0.20, 5.00], [0.80, 1.00, 5.00]]
# Of classes the probability of the chosen one, here 0.5 of two alike and 1.
print(calibration([[3, 3, -inf], [0, 900, 0]], [0, 2]))                                # expect: 0.75
print(calibration([1000, -1000], [1, 0]))                                              # expect: 0
print(calibration([nan], [1]))                                                         # expect error: calibration: a NaN
# status: 1
