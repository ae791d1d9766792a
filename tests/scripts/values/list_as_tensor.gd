# A list that grew by push is taken where an operation wants a tensor, by the rule of brackets.
let scores = []
for i in 1..4 { scores = push(scores, i * 1.5) }
print(mean(scores), max(scores), argmax(scores), std(scores))   # expect: 3.75 6 3 1.67705
let rows = []
for i in 1..2 { rows = push(rows, [i, i * 2]) }
print(mean(rows, axis: 0))   # expect: [1.5, 3]
fn three(x) {
  let items = []
  for i in 1..3 { items = push(items, x * i) }
  sum(items)
}
print(grad(three)(2))           # expect: 6
print(sum(push(scores, "a")))   # expect error: a tensor is expected here, this is a list
