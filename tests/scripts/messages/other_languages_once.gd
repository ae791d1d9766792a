# What other languages write is one error each, with what to write here.
let in = 3                           # expect error: expected a name, but `in` is a reserved word
let f = |x| x + 1                    # expect error: a function without a name is written `fn(x) = …`
let g = \x -> x                      # expect error: a function without a name is written `fn(x) = …`
for (i = 0; i < 3; i++) { }          # expect error: a range has both ends
int i = 5                            # expect error: a name is declared without a type: `let i = 5`
del f                                # expect error: there is nothing to delete
raise ValueError("x")                # expect error: `error("…")` ends the program
test { assert(true) }                # expect error: a test has a title
i **= 2                              # expect error: the power is written `^`: `x ^= y`
i //= 2                              # expect error: write `x = idiv(x, y)`
print(1 ~= 2)                        # expect error: write `!=`
print(~true)                         # expect error: negation is written `not`
let x, y = 1, 2                      # expect error: a tuple has parentheses: `let (a, b) = (1, 2)`
for i, v in [1] { }                  # expect error: two names have parentheses: `for (i, x) in xs { … }`
for i in 0..<3 { }                   # expect error: a range has both ends
for i in 0..=3 { }                   # expect error: a range has both ends
for i = 1:3 { }                      # expect error: a range has both ends
print(dict("a": 1))                  # expect error: a dict is written `dict(("a", 1), ("b", 2))`
++i                                  # expect error: `x += 1` adds to a name
fn h(x): return x                    # expect error: a function is declared with `fn name(…)
# status: 65
