# args: {tmp}
# Rows of a file: its line is told, though a row was dropped, the rest shuffled and cut.
seed(7)
let path = "{args[0]}/t.csv"
write(path, "a,b,y\n1,2,0\n,3,1\n\"3\",3,1\n4,4,8\n5,5,2\n6,1,0\n")
let (rest, held) = split(shuffle(csv(path, target: "y", missing: "drop")), 0)
let net = Dense(2, 3)
train net on (x, y) in held {   # expect error: line 5 of
  loss: cross_entropy(net(x), y)      # expect error: 8 is out of range
  optimizer: GD()
  epochs: 1
  batch: 2
  quiet: true
}
