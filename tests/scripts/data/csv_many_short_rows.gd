# args: {tmp}
# status: 65
# Many rows without the text column's cell, then one with it: told, and nothing written out of place.
let path = "{args[0]}/short.csv"
write(path, "a,b\n1,red\n" + join([str(i) for i in 1..5000], "\n") + "\n2,blue\n")
csv(path, target: "a")                # expect error ~ .*short.csv.*
