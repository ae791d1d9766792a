# args: {tmp}
# New rows as the old: the same classes and fill values, columns in any order, the target perhaps absent.
let t = args[0]
write("{t}/a.csv", "c,w,y\nu,1,no\nv,,yes\nu,3,no\n")
write("{t}/b.csv", "w,more,c\nNA,1,v\n8,1,u\n")
let a = csv("{t}/a.csv", target: "y", missing: "mean")
let b = csv("{t}/b.csv", like: a)
print(b.names == a.names, b.x, b.y)            # expect: true [[0, 1, 2], [1, 0, 8]] none
# expect stderr: extra columns are ignored: more
let p = dataset([[0.0]], [0])
save(chain(Standardize(a), Dense(3, 2)), "{t}/n.safetensors", data: split(a, 0.5)[0])
print(csv("{t}/b.csv", like: "{t}/n.safetensors").x)   # expect: [[0, 1, 2], [1, 0, 8]]
let (sa, sb) = standardize(a, b)
print(all(csv("{t}/b.csv", like: sa).x == sb.x))       # expect: true
write("{t}/c.csv", "w,c\n1,u\n2,z\n")
print(csv("{t}/c.csv", like: a, unknown: "missing").x[1])    # expect: [0, 0, 2]
write("{t}/d.csv", "w,c,y\n1,u,no\n1,z,NA\n2,u,no\n")
let d = csv("{t}/d.csv", target: "y", missing: "drop")   # expect stderr: 1 of 3 rows dropped
print(csv("{t}/d.csv", like: d).x)                     # expect: [[1, 1], [2, 1]]
print(csv("{t}/c.csv", like: a))                # expect error: line 3 column 3
# status: 65
