# args: {tmp}
# A mark that is a number counts however it is written; digits behind a leading zero are a code.
let t = args[0]
write("{t}/a.csv", "a,b\n1,5\n-999.0,-9.99e2\n3,6\n")
print(csv("{t}/a.csv", missing: "drop", marks: -999).x)   # expect: [[1, 5], [3, 6]]
write("{t}/b.csv", "m,v\n09,1\n9.0,2\n")
print(csv("{t}/b.csv", missing: "class", marks: 9, kinds: (m: "class")).names)
# expect: ["m=09", "m=missing", "v"]
write("{t}/c.csv", "a;b\n1;5\n-999,0;6\n")
print(csv("{t}/c.csv", missing: "drop", marks: -999, decimal: ",").x)   # expect: [[1, 5]]
