write("{args[0]}/t.csv", "x,w\n1,2\n")
let d = csv("{args[0]}/t.csv", target: "y")       # expect error: its columns are x, w
# args: {tmp}
# status: 1
