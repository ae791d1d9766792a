# args: {tmp}
# What went wrong in a file is told with its place there.
let t = args[0]
print(attempt(fn() = csv("not_there.csv")).error)   # expect: not_there.csv: there is no such file
write("{t}/cells.csv", "a,y\n1,2\n3\n")
print("cells.csv: line 3 column 1: this row" in attempt(fn() = csv("{t}/cells.csv")).error)   # expect: true
