# The names of a pattern are columns of a data set: the rows of a minibatch of one tensor are none of them.
let w = param([1, 1])
fn told(f) = print(attempt(f).error)
told(fn() = train w on (x, y) in [[1, 2], [3, 4]] { loss: mean((x * w - y)^2); optimizer: Adam(); epochs: 1; batch: 2 })
# expect: the pattern has 2 names, the data is one tensor
told(fn() { for (a, b) in batches(zeros(4, 2), 2) { print(a) } })
# expect: the pattern has 2 names, each of these batches is one tensor
for (a, b) in [[1, 2], [3, 4]] { print(a + b) }   # expect: 3
# expect: 7
train w on (x, y) in dataset(zeros(4, 2)) { loss: mean((x * w - y)^2); optimizer: Adam(); epochs: 1; batch: 2 }   # expect error: the pattern has 2 names
# expect stderr: csv(path, target: "name")
