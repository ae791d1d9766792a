# Its names are its own, new for each item; a return inside leaves the function.
let n = 7
let makers = [fn() = n for n in 1..3]
print(makers[0](), makers[2](), n)                        # expect: 1 3 7
fn first_above(xs, low) {
  let below = [if x > low { return x } else { x } for x in xs]
  "none of {len(below)}"
}
print(first_above([1, 5, 9], 3), first_above([1, 2], 3))  # expect: 5 none of 2
fn depth(k) = if k == 0 { [0] } else { [sum(depth(k - 1)) + j for j in 1..2] }
print(depth(3))                                           # expect: [10, 11]
