# Against the definition, by going through the scores from above, with ties.
precision(f64)
seed(2)
let (s, y) = (randint(0, 9, 60), randint(0, 2, 60))
let (total, before) = (0, 0)
for least in sort([0, 1, 2, 3, 4, 5, 6, 7, 8], descending: true) {
  let taken = s >= least
  let recall_now = sum(taken and y == 1) / sum(y)
  if sum(taken) > 0 { total = total + (recall_now - before) * sum(taken and y == 1) / sum(taken) }
  before = recall_now
}
print(abs(average_precision(s, y) - total) < 1e-12)                          # expect: true
print(average_precision([2, 1, 0], [1, 1, 0]), average_precision([[0], [1]], [[1], [0]]))   # expect: 1 0.5
print(isnan(average_precision([1, 2], [0, 0])))                              # expect: true
print(average_precision([nan, 2], [1, 0]))                                   # expect error: average_precision: a NaN is among the scores
# status: 1
