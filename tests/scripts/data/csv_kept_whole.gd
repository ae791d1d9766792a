# args: {tmp}
# A column beside x is i32 where each row that is kept has a whole number, whatever the others hold.
let t = args[0]
write("{t}/a.csv", "id,z,c\n1234567,1,1\n7654321,2,2\n,2,3\n9999999,5,6\n2.5,?,6\n")
let d = csv("{t}/a.csv", target: "c", kinds: (id: "keep"), missing: "drop")
print(d["id"], dtype(d["id"]))      # expect: [1234567, 7654321, 9999999] i32
write("{t}/b.csv", "id,z,c\n2.5,1,1\n3,2,2\n4,?,3\n")
print(dtype(csv("{t}/b.csv", target: "c", kinds: (id: "keep"), missing: "drop")["id"]))   # expect: f64
summary(d)
# expect: column  kind           missing in file  values (3 rows)
# expect: z       numbers                      1  1 to 5, mean 2.6667, deviation 1.6997
# expect: c       target                       0  1 to 6, mean 3, deviation 2.1602
# expect: id      keep                         1  1234567 to 9999999, mean 6296296, deviation 3705075
