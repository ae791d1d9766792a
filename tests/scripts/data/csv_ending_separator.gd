# args: {tmp}
# Rows that end in a separator, where the first line does not.
write("{args[0]}/a.csv", "a,y\n1,2,\n3,4,\n")
csv("{args[0]}/a.csv")   # expect error: remove the separator at the end of the row
# status: 65
