# args: {tmp}
# A code column without a missing cell has no number for one: what helps is no rule that fails too.
let path = "{args[0]}/t.csv"
write(path, "a,y\nu,1\nv,2\n")
let c = csv(path, target: "y", missing: "class", kinds: (a: "code"))
write(path, "a,y\nu,1\n,2\n")
print(csv(path, like: c, missing: "drop").x)   # expect: [[0]]
# expect no stderr: gives them the last number
print(csv(path, like: c, missing: "mean"))     # expect error: missing: "drop" leaves such rows out
# status: 65
