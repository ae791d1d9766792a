# args: {tmp}
# K, M and B behind a number multiply it: the fix is another one than for a unit.
let path = "{args[0]}/t.csv"
write(path, "p,w,c\n$1.5M,3kg,a\n$2K,4kg,b\n$3,7,b\n")
print(csv(path, target: "c", kinds: (p: "number"), drop: "w"))   # expect error: write numbers out: 1500000 for 1.5M
# status: 65
