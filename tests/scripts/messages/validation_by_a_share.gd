let w = param([1])
train w on x in [[1], [2]] { loss: sum(x * w); optimizer: Adam(); epochs: 1; validate: 0.2 }   # expect error: this is a number
# expect stderr: split(shuffle(data), 0.8), then `validate: held`
