# Of a large table a step makes new the rows that it reads and those that an epoch used: not 3 MiB of values but a part.
# check
# options: --cost
let net = Embedding(50000, 16)
train net on x in dataset(arange(3200)) { loss: mean(net(x)^2); optimizer: Adam(lr: 1e-3); batch: 32; steps: 4 }
# expect ~ train at cost_of_a_table\.gd:5: 32 of 3200 rows a step
# expect ~   memory    .*: params 3\.05 MiB, states and buffers 6\.1 MiB, values of a step [0-9]+ KiB, .*
# output: any
# status: 0
