precision(f64)
let x = [[3, 1, 10, 2], [5, 7, 6, 8]]
print(median(x), median(x, axis: 1), median(x, axis: 0, keep: true))   # expect: 5.5 [2.5, 6.5] [[4, 4, 8, 5]]
print(quantile(x, 0.25, axis: 1), quantile([1, 2, 3, 4, 5], [0, 0.3, 1]))   # expect: [1.75, 5.75] [1, 2.2, 5]
print(shape(quantile(zeros(3, 4, 5), [0.1, 0.9], axis: (0, 2))), shape(quantile(zeros(3, 4), 0.5, keep: true)))   # expect: (2, 4) (1, 1)
print(median(i32([2147483645, 2147483647])) == 2147483646, median([true, false, true]))   # expect: true 1
print(median([1, nan, 2]), quantile([nan, 1], 0), quantile(zeros(2, 0), 0.5, axis: 1))   # expect: nan nan [nan, nan]
print(median([inf, inf]), quantile([-inf, 0, inf], [0.25, 0.5, 0.9]))   # expect: inf [-inf, 0, inf]
# of equal neighbours each has its share
print(grad(fn(v) = median(v))([1, 2, 2, 3]), grad(fn(q) = quantile([1, 2, 4], q))(0.75))   # expect: [0, 0.5, 0.5, 0] 4
print(quantile([1, 2], [0.5, 1.5]))   # expect error: found 1.5
