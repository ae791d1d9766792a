let w = param(0)
let o = GD()
update w { loss: sqrt(w - 1); optimizer: o }   # expect error: sqrt
