# args: {tmp}
# Each rule for missing cells; an indicator where a column of numbers has some; marks of one's own.
let t = args[0]
write("{t}/a.csv", "w,c\n1,u\n?,-\n5,v\n9,u\n")
let d = csv("{t}/a.csv", missing: "class")
print(d.names)   # expect: ["w", "w=missing", "c=u", "c=v", "c=missing"]
print(d.x[1], d["c"])   # expect: [5, 1, 0, 0, 1] [0, 2, 1, 0]
print(csv("{t}/a.csv", missing: "median").x[1])   # expect: [5, 0, 0]
# expect stderr: missing cells filled in: 1 in w, 1 in c
write("{t}/b.csv", "w\n1\n-999\n3\n")
print(csv("{t}/b.csv", missing: "mean", marks: -999).x[1])   # expect: [2]
write("{t}/c.csv", "k,v\n?,1\nu,2\n")
print(csv("{t}/c.csv", marks: ()).names)   # expect: ["k=?", "k=u", "v"]
write("{t}/d.csv", "w,v\n?,1\n?,2\n")
for kind in list("number", "date", "keep", "class") {
  print(split(attempt(fn() = csv("{t}/d.csv", kinds: (w: kind), missing: "mean")).error, "d.csv: ")[1])
}
# expect: line 2 column 1: column "w" has only empty cells
# expect: line 2 column 1: column "w" has only empty cells
# expect: line 2 column 1: column "w" has only empty cells
# expect: line 2 column 1: column "w" has only empty cells
print(csv("{t}/c.csv"))   # expect error: marks: ()
# status: 65
