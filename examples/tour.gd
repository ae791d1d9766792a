# The language without learning: values, functions, closures, lists, strings, tests.
#
# Shows: what the other examples take for granted.
# Outcome: what the asserts say; `gd test examples/tour.gd` runs the two tests at the end as well.

let width = 3   # `let` declares a name; from there on `=` and `+=` assign
width += 1
let grid = [[1, 2], [3, 4]]   # numbers in brackets are a tensor: `*` by element, `@` as matrices
print("{width} columns, {grid * grid}, {grid @ grid}, a third is {1 / 3:.3f}")   # {value:format}

let kept = grid
grid[0, 0] = 9   # tensors, lists and tuples are values: `kept` stays as it was
assert(kept[0, 0] == 1 and grid[0, 0] == 9)

fn hypotenuse(a, b = 1) = sqrt(a^2 + b^2)
assert(hypotenuse(3, b: 4) == 5)   # by place or by name

fn collatz(n) {   # how many steps it takes to come down to 1
  let steps = 0
  while n != 1 {
    n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 }   # `if` is an expression
    steps += 1
  }
  steps   # the value of a block is its last expression
}

fn counter() {
  let n = 0
  fn() { n += 1; n }   # a function without a name; it keeps the variable n, not a copy of it
}
let tick = counter()
tick()
print("ticked {tick()} times; 27 needs {collatz(27)} steps")

let words = split("pack my box with five dozen liquor jugs")   # a list: of anything, of any length
let long = map(upper, filter(fn(word) = len(word) > 4, words))
for (place, word) in enumerate(long) { print("{place + 1}. {word:<8}{len(word)} letters") }
let (first, last) = (words[0], words[-1])   # a tuple, and a `let` that takes it apart
print("from {first} to {last}: {reduce(fn(sum, word) = sum + len(word), words, 0)} letters")
assert(long == ["DOZEN", "LIQUOR"])

test "a pipe passes its left side on" { assert(([3, 4] |> norm) == hypotenuse(3, b: 4)) }
test "27 takes 111 steps" { assert(collatz(27) == 111) }
