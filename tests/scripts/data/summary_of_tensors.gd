# Whole numbers in full, others to a hundredth of the deviation; the NaN of tensors are counted.
summary(dataset(f64([[1000001, 19783.25, nan], [1000009, 19783.5, 0.2]]), [0, 1]))
# expect: column  kind           missing  values (2 rows)
# expect: x0      f64                  0  1000001 to 1000009, mean 1000005, deviation 4
# expect: x1      f64                  0  19783.25 to 19783.5, mean 19783.375, deviation 0.125
# expect: x2      f64                  1  0.2 to 0.2, mean 0.2, deviation 0
# expect: y       f32                  0  0 to 1, mean 0.5, deviation 0.5
summary(dataset([[1e30], [3.4e38]], [0, 1]))
# expect: column  kind           missing  values (2 rows)
# expect: x0      f32                  0  1e30 to 3.4e38, mean 1.7e38, deviation 1.7e38
# expect: y       f32                  0  0 to 1, mean 0.5, deviation 0.5
head(dataset([[1e30, 16777216], [3.4e38, 0.1]], [1, 2]))   # the shortest that reads back as the same f32
# expect:     x0        x1  y
# expect:   1e30  16777216  1
# expect: 3.4e38       0.1  2
