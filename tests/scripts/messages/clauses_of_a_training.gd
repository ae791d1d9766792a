let w = param([1])
train w (x, y) in 1 { loss: sum(w^2); optimizer: Adam(); epochs: 1 }   # expect error: `train net on (x, y) in data { … }`
train w { loss: sum(w^2) optimizer: Adam(); epochs: 1 }                # expect error: clauses are separated by `;`
