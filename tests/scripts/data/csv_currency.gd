# The currency of a "number" column belongs to how the table was read: `like:` refuses another one.
# args: {tmp}
let t = args[0]
write("{t}/a.csv", "p,y\n$5,1\n$6,2\n")
write("{t}/b.csv", "p\n$7\n8\n")
write("{t}/c.csv", "p\n€7\n€8\n")
write("{t}/d.csv", "p,y\n5,1\n6,2\n")
let d = csv("{t}/a.csv", target: "y", kinds: (p: "number"))
print(csv("{t}/b.csv", like: d).x)                          # expect: [[7], [8]]
save(Dense(1, 1), "{t}/net.safetensors", data: d)
print(attempt(fn() = csv("{t}/c.csv", like: "{t}/net.safetensors")).ok)   # expect: false
let plain = csv("{t}/d.csv", target: "y", kinds: (p: "number"))
print(csv("{t}/c.csv", like: plain).x)                      # expect: [[7], [8]]
print(csv("{t}/c.csv", like: select(d, "p")).x)             # expect error: another currency than in the training data
