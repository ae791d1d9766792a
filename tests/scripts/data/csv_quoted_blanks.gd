# Blanks that quotes keep around a number or a date are no part of it; a text has them.
# args: {tmp}
let path = "{args[0]}/t.csv"
write(path, "a,day,name,y\n\" 1 \",\"2024-01-02 \",\" x\",2\n3,\" 2024-01-03\",x,4\n5,2024-01-04,\" x\",\"\t6\"\n")
let d = csv(path, target: "y", kinds: (day: "date"))
print(d.x[:, 0], d.y)                              # expect: [1, 3, 5] [2, 4, 6]
print(d.x[:, 1] - d.x[0, 1])                       # expect: [0, 1, 2]
print(d.x[0, 2] == d.x[2, 2], d.x[0, 2] == d.x[1, 2])   # expect: true false
print(csv(path, like: d).x[:, 0])                  # expect: [1, 3, 5]
