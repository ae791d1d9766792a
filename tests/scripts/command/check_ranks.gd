# What a training in parts takes on several processes is told by a model, before anything runs.
# check
# options: --ranks 8
let x = randn(400, 30)
let y = randn(400, 1)
let w = param(zeros(30, 1))
# 30 params of 4 bytes: 2 * 7 * 120 bytes; a tiny step gains nothing from a network
train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(); epochs: 1; batch: 100; shards: 8 }
# expect ~ train at check_ranks\.gd:8: .*
# expect ~   memory .*
# expect ~   a step .*
# expect ~   an epoch .*
# expect ~   on 8 processes about .*s a step, 650 us of them for 1\.64 KiB exchanged: 0\.[0-9]+ times one process
# expect ~   beyond 1 process, twice as many save less than a tenth of a step
train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(); epochs: 1; batch: 100; shards: 4 }
# expect ~ train at check_ranks\.gd:15: .*
# expect ~   memory .*
# expect ~   a step .*
# expect ~   an epoch .*
# expect ~   on 8 processes nothing: they cannot share 4 parts
train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(); epochs: 1; batch: 100 }
# expect ~ train at check_ranks\.gd:21: .*
# expect ~   memory .*
# expect ~   a step .*
# expect ~   an epoch .*
# expect ~   on 8 processes nothing: it has no `shards:`
