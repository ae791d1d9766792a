# args: {tmp}
# A name with blanks in its quotes is the nearest to the same name without them.
write("{args[0]}/a.csv", "v,\" Y \"\n1,1\n")
csv("{args[0]}/a.csv", target: "y")   # expect error: did you mean " Y "?
