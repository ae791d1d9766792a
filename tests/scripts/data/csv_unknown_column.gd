# args: {tmp}
let path = "{args[0]}/t.csv"
write(path, "height,width\n1,2\n")
print(csv(path, target: "heigth"))   # expect error: height
