# args: {tmp}
# Quantities with a unit, kept as texts and converted by the script; the error points to it.
let path = "{args[0]}/a.csv"
write(path, "w,y\n12 kg,1\n13 kg,2\n12 kg,3\n")
let d = csv(path, target: "y", kinds: (w: "keep"))
print([number(replace(c, " kg", "")) for c in d.classes["w"]][d["w"]])   # expect: [12, 13, 12]
csv(path, target: "y")   # expect error: "keep" the column and convert its d.classes
# status: 65
