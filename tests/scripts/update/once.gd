# An update that is run once may make its optimizer in place; in a loop of any kind it may not.
let w = param(1)
update w { loss: w^2; optimizer: Adam(lr: 0.25) }
print(w)            # expect: 0.75
let _ = [update w { loss: w^2; optimizer: Adam(lr: 0.25) } for i in 1..3]   # expect error: would lose its state
