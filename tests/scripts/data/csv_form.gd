# args: {tmp}
# The separator is found and told; decimal commas, thousands, comments and lines before the table are stated; blank lines are passed over.
let t = args[0]
write("{t}/a.csv", "length|mark\n3|7\n\n4|8\n")
print(csv("{t}/a.csv", target: "mark").x)                 # expect: [[3], [4]]
# expect stderr: the columns are separated by bars
write("{t}/b.csv", "made by hand\nlength;mark\n1.002,5;7\n// twice\n-0,25;8\n")
print(csv("{t}/b.csv", target: -1, skip: 1, comment: "//", decimal: ",", thousands: ".").x)   # expect: [[1002.5], [-0.25]]
print(csv("{t}/b.csv", target: "mark", skip: 1, comment: "//"))   # expect error: decimal: ","
# status: 65
