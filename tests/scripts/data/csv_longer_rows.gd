# args: {tmp}
# Rows of one cell more than there are names, as R writes them.
let t = args[0]
write("{t}/b.csv", "a\ty\nr1\t1\t2\nr2\t3\t4\n")
csv("{t}/b.csv")   # expect error: the first line lacks a name
# status: 65
