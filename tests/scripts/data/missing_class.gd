# args: {tmp}
# A missing cell of a text column has no class: its number is -1, and a warning says so.
write("{args[0]}/pens.csv", "w,g,y\n1,a,0\n2,,1\n3,b,0\n")
let d = csv("{args[0]}/pens.csv", target: "y", missing: "mean")
print(d["g"])                       # expect: [0, -1, 1]
# expect stderr: "g" is missing in 1 row: the class is -1 there
# expect stderr: d[d["g"] >= 0] leaves them out; csv(…, missing: "class") makes them a class
let known = d[d["g"] >= 0]
print(known["g"], known["w"])       # expect: [0, 1] [1, 3]
print(csv("{args[0]}/pens.csv", target: "y", missing: "class")["g"])   # expect: [0, 2, 1]
