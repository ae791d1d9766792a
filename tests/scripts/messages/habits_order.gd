# What other languages write in another order, with one more argument or another operator.
fn told(f) = print(attempt(f).error)
let xs = ["a", "b"]
print(split(",", "a,b"))                   # expect: [","]
# expect stderr: the string that is split comes before its separator
print(split("a,b", ","), split(",", ", "), split("", ","))   # expect: ["a", "b"] [","] [""]
told(fn() = join(", ", xs))                # expect: a string is expected here, this is a list
told(fn() = "%d" % 3)                      # expect: `%` does not take a string and a number
let s = join(", ", xs)                     # expect error: the list comes first: `join(items, ", ")`
