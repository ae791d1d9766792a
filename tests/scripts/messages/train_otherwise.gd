# A training in the words of other tools.
let net = Dense(1, 1)
train net in d { loss: 1 }           # expect error: `train net on (x, y) in data { … }`
train net with (x, y) in d { loss: 1 } # expect error: `train net on (x, y) in data { … }`
train (net, net) { loss: 1 }         # expect error: targets have no brackets
train net                            # expect error: the `{` of a block belongs on the same line
  loss: 1
  steps: 3
  optimizer: GD()
}
print("abc)                          # expect error: string not closed
# status: 65
