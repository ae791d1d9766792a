# Tables as programs write them: what is in the way is told with what mends it.
# args: {tmp}
let path = "{args[0]}/t.csv"
fn told(text) {
  write(path, text)
  attempt(fn() = csv(path, target: "y")).error
}
print("holds quantities" in told("a,y\n−5,1\n3,2\n"))   # expect: true
print(csv(path, target: "y", kinds: (a: "number")).x)   # expect: [[-5], [3]]
print("column 1 has no name" in told(",a,y\n0,5,1\n1,6,2\n"))   # expect: true
print("column 3 has no name" in told("a,y,\n5,1,\n6,2,\n"))     # expect: true
write(path, "sep=;\na;y\n1;2\n")
print(csv(path, target: "y", skip: 1).x)                # expect: [[1]]
csv(path)                                               # expect error: column 2 has no name
# expect stderr: skip: 1 skips the line
# status: 65
