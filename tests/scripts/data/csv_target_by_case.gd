# A target is suggested where case alone differs, and not where it is merely as short.
write("{args[0]}/t.csv", "x,Price\n1,2\n")
let d = csv("{args[0]}/t.csv", target: "price")   # expect error: did you mean "Price"?
# args: {tmp}
# status: 1
