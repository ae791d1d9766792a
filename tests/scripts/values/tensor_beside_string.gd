# args: {tmp}
# A tensor never equals a string, which a warning says: a text column is class numbers.
write("{args[0]}/letters.csv", "v,c,y\n1,u,0\n2,w,1\n3,u,1\n")
let d = csv("{args[0]}/letters.csv", target: "y")
print(d["c"] == "u", "u" != [1, 2])      # expect: false true
# expect stderr: a tensor never equals a string: this is false
# expect stderr: compare with the number, or `d["c=name"] == 1`
# expect stderr: a tensor never equals a string: this is true
print(d["v"][d["c=u"] == 1], d["v"][d["c"] == 0])   # expect: [1, 3] [1, 3]
