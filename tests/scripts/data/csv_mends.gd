# A fix that names a column can be pasted: a reserved word cannot stand before a colon.
# args: {tmp}
let t = args[0]
write("{t}/w.csv", "when,y\n2024-01-31,1\n2024-02-01,2\n")
write("{t}/t.csv", "in,y\n2024-01-31,1\n2024-02-01,2\n")
print(csv("{t}/w.csv", target: "y", kinds: (when: "date")).x[0, 0])               # expect: 19753
print(csv("{t}/t.csv", target: "y", kinds: dict(("in", "date"))).x[0, 0])         # expect: 19753
csv("{t}/t.csv", target: "y")   # expect error: kinds: dict(("in", "date"))
