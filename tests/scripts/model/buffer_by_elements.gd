# Elements of a buffer are assigned in a method, those of a param or buffer from outside by its path.
model Last() {
  param w = [1, 2]
  buffer seen = [0, 0]
  buffer table = zeros(2, 2)
  fn forward(x) {
    seen[1:] = seen[:-1]
    seen[0] = w[0] * x
    table[1][0] += 1
    sum(seen)
  }
}
let last = Last()
last(1)
print(last(2), last.seen, last.table)   # expect: 3 [2, 1] [[0, 0], [2, 0]]
last.w[0] = 5
last.seen[1] -= 1
let pair = [last, Last()]
pair[1].w[1] = 9
print(last.w, pair[1].w, last(1), last.seen)   # expect: [5, 2] [1, 9] 7 [5, 2]
# The gradient goes through them: of 3 w0 + 5, by w0.
train last { loss: last(3); optimizer: GD(1); steps: 1; quiet: true }
print(last.w, last.seen)   # expect: [2, 2] [15, 5]
let w = last.w
w[0] = 1   # expect error: the elements of a param cannot be assigned one by one
