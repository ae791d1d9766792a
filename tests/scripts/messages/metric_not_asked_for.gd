let w = param([1])
let h = train w { loss: sum(w^2); optimizer: Adam(); epochs: 1; quiet: true }
print(h.accuracy)   # expect error: a tuple has no field `accuracy`
# expect stderr: the clause `metrics: accuracy(…)` of the training puts it there
