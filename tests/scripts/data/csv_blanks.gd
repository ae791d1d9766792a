# Columns that blanks part are read once that is said, and a row that was not parted is no class.
# args: {tmp}
let path = "{args[0]}/t.data"
write(path, " 0.5   18.00  \"ford  pinto\"\n 1.25\t 0.00  \"ford  pinto\"\n")
print(csv(path, header: false, separator: " ", target: 1).x)  # expect: [[0.5, 1], [1.25, 1]]
write(path, "a b\n1 2\n3 4\n")
let d = csv(path, separator: " ", target: "b")
print(d.names, d.y, csv(path, like: d).x)                     # expect: ["a"] [2, 4] [[1], [3]]
write(path, "0.5 18.0\n1.5 19.0\n")
csv(path, header: false)                                      # expect error: separator: " " reads columns separated by blanks
# status: 65
