# args: {tmp}
write(args[0] + "/far.csv", "a,y\n2,2\n-1e40,1\n")
csv(args[0] + "/far.csv", target: "y")       # expect error: line 3 column 1
