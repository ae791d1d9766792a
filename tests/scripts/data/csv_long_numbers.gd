# args: {tmp}
# Whole numbers of more digits than f64 has are told: they are names, that become one.
let t = args[0]
write("{t}/a.csv", "id,y\n12345678901234567890,1\n12345678901234567891,2\n")
let d = csv("{t}/a.csv", target: "y")
print(d.x[0] == d.x[1])   # expect: [true]
# expect stderr: column "id" has whole numbers that f64 rounds (2, first in line 2): kinds: "class" or "code" tells them apart
precision(f64)
write("{t}/b.csv", "id,y\n9007199254740992,1\n9007199254740993,2\n")
let e = csv("{t}/b.csv", target: "y", kinds: (id: "keep"))
# expect stderr: b.csv: column "id" has whole numbers that f64 rounds (1, first in line 3)
write("{t}/c.csv", "v\n100000000000000000000000\n18014398509481984\n-9007199254740992\n1e20\n")
print(csv("{t}/c.csv").x[1])   # expect: [1.80144e16]
# expect no stderr: "v"
