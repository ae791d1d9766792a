# A buffer is set as a whole.
model Last() {
  buffer seen = [0, 0]
  fn forward(x) {
    let next = seen + 0
    next[1:] = seen[:-1]
    next[0] = x
    seen = next
    seen
  }
  fn wrong(x) { seen[0] = x }   # expect error: the elements of a buffer cannot be assigned one by one
}
let last = Last()
print(last(1))   # expect: [1, 0]
print(last(2))   # expect: [2, 1]
# expect stderr: then n = v sets a buffer
last.wrong(3)
