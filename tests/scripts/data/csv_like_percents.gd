# args: {tmp}
# Numbers without a sign, where the training data had percents, are told; so after saving it.
let t = args[0]
write("{t}/a.csv", "p,y\n5%,1\n0,2\n")
write("{t}/b.csv", "p\n5\n7%\n0\n")
let d = csv("{t}/a.csv", target: "y", kinds: (p: "number"))
let net = chain(Dense(1, 1))
save(net, "{t}/net.safetensors", data: d)
print(csv("{t}/b.csv", like: "{t}/net.safetensors").x)   # expect: [[5], [0.07], [0]]
# expect stderr: column "p" has numbers without the % of the training data (1, first in line 2): 5% is 0.05, and 5 is 5
print(csv("{t}/a.csv", like: d).x)   # expect: [[0.05], [0]]
# expect no stderr: a.csv
