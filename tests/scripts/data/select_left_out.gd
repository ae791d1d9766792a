# What `select` or the reading left out is named as such.
# args: {tmp}
write("{args[0]}/t.csv", "g,v,y\n1,2,3\n4,5,6\n")
let d = csv("{args[0]}/t.csv", target: "y")
print(select(d, "v")["v"])      # expect: [2, 5]
print(select(d, "v")["g"])      # expect error: `select` left it out, or the table was read without it
