# check
# The folder is known to a check, so the shape of a table that lies beside the script is too.
let d = csv("{here}/parts/flats.csv", target: "price")
let net = Dense(3, 1)
print(net(d.x))   # expect error: [3, 2]
