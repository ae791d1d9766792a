# options: --json
# What `lr: auto` chose is told as everything is: with --json as an event.
let w = param([1.0, 2.0])
let h = train w { loss: sum(w^2); optimizer: Adam(lr: auto); steps: 400 }
# expect stderr: {"event":"warning","status":1,"message":"`lr: auto` of Adam is
print(h.lr[0] > 0)   # expect: true
