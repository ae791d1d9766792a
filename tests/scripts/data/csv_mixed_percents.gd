# args: {tmp}
# Percents beside plain numbers are told; 0 is the same either way.
let t = args[0]
write("{t}/a.csv", "a\n0\n7%\n5%\n6\n")
print(csv("{t}/a.csv", kinds: (a: "number")).x)   # expect: [[0], [0.07], [0.05], [6]]
# expect stderr: column "a" has percents (2, first in line 3) and numbers without the sign (1, first in line 5): 5% is 0.05, and 5 is 5
write("{t}/b.csv", "b\n0\n7%\n5%\n")
print(csv("{t}/b.csv", kinds: (b: "number")).x)   # expect: [[0], [0.07], [0.05]]
# expect no stderr: column "b"
