# A column is selected once: two of one name could not be told apart, nor read from a file.
# args: {tmp}
write("{args[0]}/t.csv", "c,b,y\nu,2,3\nv,5,6\n")
let d = csv("{args[0]}/t.csv", target: "y")
print(select(d, "b", "c").names)                           # expect: ["b", "c=u", "c=v"]
print(attempt(fn() = select(d, "b", "c", "b")).error)      # expect: the column "b" is selected twice
print(attempt(fn() = select(d, "c", "c=v")).error)         # expect: the column "c=v" is selected twice
