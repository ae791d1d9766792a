# A clause of the language page that this version does not have is refused before anything runs.
# silent
print("not reached")
let w = param(1)
train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 1; shards: 2 }   # expect error: `shards:` is not there yet
# status: 65
