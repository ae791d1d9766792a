# args: {tmp}
# status: 65
let path = "{args[0]}/t.csv"
write(path, "a,b\n1,2\n3\n")
print(csv(path, target: "b"))   # expect error: line 3
