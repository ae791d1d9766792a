# A column called as one for a class of another is an error: what `d["c=u"]` is would not be known.
# args: {tmp}
let t = args[0]
write("{t}/t.csv", "c=u,c,y\n1,u,3\n4,v,6\n5,u,6\n")
write("{t}/m.csv", "w,w=missing,y\n1,2,3\n,5,6\n")
print(csv("{t}/t.csv", target: "y", kinds: (c: "code")).names)                                # expect: ["c=u", "c"]
print(csv("{t}/t.csv", target: "y", drop: "c=u").names)                                       # expect: ["c=u", "c=v"]
print(attempt(fn() = csv("{t}/t.csv", target: "c=u")).ok)                                     # expect: false
print(attempt(fn() = csv("{t}/m.csv", target: "y", missing: "class")).ok)                     # expect: false
print(csv("{t}/m.csv", target: "y", missing: "mean").names)                                   # expect: ["w", "w=missing"]
csv("{t}/t.csv", target: "y")   # expect error: two columns would have the name "c=u": one of "c=u" and one of "c"
