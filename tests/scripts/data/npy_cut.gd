# args: {tmp}
# status: 65
let path = "{args[0]}/x.npy"
write(path, "not an array")
print(npy(path))   # expect error: x.npy
