# append adds to a file: for a list the help names push.
let xs = list("a", "b")
append(xs, "c")   # expect error: append(path, text) adds to a file
