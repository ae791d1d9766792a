# args: {tmp}
# Files that fit a pattern are one table.
let t = args[0]
write("{t}/m-1.csv", "a,k\n1,u\n")
write("{t}/m-2.csv", "a,k\n2,t\n")
print(csv("{t}/m-*.csv", target: "k").y)      # expect: [1, 0]
write("{t}/z-1.csv", "at,y\n2024-01-04T10:00:00Z,0\n")
write("{t}/z-2.csv", "at,y\n2024-01-04 10:00,1\n")
csv("{t}/z-*.csv", target: "y", kinds: (at: "date"))
# expect stderr: z-1.csv) and without one (1, first in line 2 of
write("{t}/m-3.csv", "k,a\nt,4\n")
csv("{t}/m-*.csv", target: "k")               # expect error: files that are read as one must have the same header
# status: 65
