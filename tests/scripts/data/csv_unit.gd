# args: {tmp}
# A unit behind a number is removed by hand, where quantities are read.
let path = "{args[0]}/t.csv"
write(path, "w,c\n3kg,a\n4kg,b\n7,b\n")
print(csv(path, target: "c", kinds: (w: "number")))   # expect error: remove letters behind a number
# status: 65
