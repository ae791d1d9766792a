# args: {tmp}
let path = "{args[0]}/t.csv"
write(path, "1,2,7\n3,4,8\n")
let d = csv(path, header: false, target: -1)
print(d.x, d.y)   # expect: [[1, 2], [3, 4]] [7, 8]
