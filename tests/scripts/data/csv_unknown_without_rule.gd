# args: {tmp}
# An unknown class as a missing cell, where no rule says what becomes of one.
let t = args[0]
write("{t}/a.csv", "c,y\nu,1\nv,2\n")
write("{t}/b.csv", "c,y\nz,1\n")
let d = csv("{t}/a.csv", target: "y")
csv("{t}/b.csv", like: d, unknown: "missing")   # expect error: missing: "drop" leaves such rows out, missing: "mean" gives no class
# status: 65
