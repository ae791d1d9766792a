# args: {tmp}
let path = "{args[0]}/t.csv"
write(path, "a,b,y\n1,2,0\n,4,1\n5,6,1\n")
print(len(csv(path, target: "y", missing: "drop")), csv(path, target: "y", missing: "mean").x[1])   # expect: 2 [3, 4]
print(csv(path, target: "y"))   # expect error: line 3
