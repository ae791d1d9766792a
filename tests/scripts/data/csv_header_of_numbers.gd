# args: {tmp}
# Numbers in the first line are names where the script says so, or where the training data has them.
let path = "{args[0]}/t.csv"
write(path, "2019,2020,2021\n1,2,3\n3,4,5\n")
let d = csv(path, header: true, target: "2021")
print(d.names, d.x, csv(path, like: d).y)     # expect: ["2019", "2020"] [[1, 2], [3, 4]] [3, 5]
write(path, "7,8,9\n1,2,3\n")
print(attempt(fn() = csv(path, like: d)).ok)  # expect: false
print(csv(path))                              # expect error: header: false
# status: 65
