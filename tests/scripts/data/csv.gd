# args: {tmp}
let path = "{args[0]}/t.csv"
write(path, "a,b,kind\n1,2.5,\"x, y\"\n3,4,z\n")
let d = csv(path, target: "kind")
print(d.x, d.y, d.names)            # expect ~ \[\[1, 2\.5\], \[3, 4\]\] \[0, 1\] \["a", "b".*\]
print(d.classes.kind)               # expect: ["x, y", "z"]
let plain = csv(path, target: "a", header: true)
print(shape(plain.x), plain.y)      # expect: (2, 3) [1, 3]
