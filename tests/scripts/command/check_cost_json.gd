# With --json the estimate is one event a statement, with the facts of the text, as numbers.
# check
# options: --ranks 4 --json
let x = randn(400, 30)
let y = randn(400, 1)
let w = param(zeros(30, 1))
train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(); epochs: 1; batch: 100; shards: 8 }
# expect ~ \{"event":"cost","statement":"train","file":".*check_cost_json\.gd","line":7,"column":1,"rows":400,"batch":100,"shards":8,"memory":\{"bytes":\d+,"params":120,"states":0,"values":\d+,"data":49600,"copies":\d+,"process":\d+\},"step":\{"operations":\d+,"bytes":\d+,"seconds":[0-9.e-]+,"threads":\d+\},"epoch":\{"minibatches":4,"seconds":[0-9.e-]+\},"processes":\{"count":4,"seconds":[0-9.e-]+,"exchange_seconds":0\.00035,"exchange_bytes":720,"speedup":[0-9.e-]+,"most":\d+\}\}
train w on (x, y) in dataset(x, y) { loss: mse(x @ w, y); optimizer: GD(); epochs: 1; batch: 100 }
# expect ~ \{"event":"cost",.*"processes":\{"count":4,"refused":"it has no `shards:`"\}\}
for i in 1..3 { update w { loss: sum(w^2); optimizer: GD(lr: 0.1) } }
# expect ~ \{"event":"cost","statement":"update","file":".*","line":11,"column":\d+,"memory":\{"bytes":\d+,"params":120,"states":0,"values":\d+,"data":0,"copies":0,"process":\d+\},"step":\{"operations":\d+,"bytes":\d+,"seconds":[0-9.e-]+,"threads":\d+\}\}
