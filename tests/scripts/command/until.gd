# --until ends the script behind the statement of a line; functions below it are known.
# options: --until 5
let a = [1, 2]
print(a)   # expect: [1, 2]
print(later(a),
  1)       # expect: 3 1
print("not reached")
fn later(x) = sum(x)
