# Functions of R, Python and MATLAB, where they are called.
# status: 65
let x = c(1, 2)                      # expect error: numbers in brackets are a tensor
print(seq(1, 10))                    # expect error: `1..10` is a range
print(paste("a", 3))                 # expect error: a string holds values in braces
disp(3)                              # expect error: write `print(…)`
print([1, 2] |> reversed)            # expect error: `flip(x)`
print(ncol(zeros(2, 2)))             # expect error: `shape(x)[1]`
let d = mnist()                      # expect error: `idx(path)` reads its files
let n = int("3")                     # expect error: `number("5")` reads a text
help(x)                              # expect error: `gd doc NAME` explains a name
# expect no stderr: did you mean
