# What cannot be written is found before the first step.
# args: {tmp}
let w = param([1.0, 2.0])
fn why(f) = attempt(f).error
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; log: "{args[0]}/nowhere/run.jsonl" } }))   # expect ~ .*cannot be .*
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; log: "{args[0]}/data.csv" } }))            # expect: a log must be a .jsonl file, since its contents are replaced
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; log: (path: "{args[0]}/a.jsonl", every: 0) } }))   # expect ~ `every` of `log:` must be .*
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; report: "{args[0]}/nowhere/run.html" } }))  # expect ~ .*cannot be .*
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; report: "{args[0]}/run.txt" } }))          # expect: `report:` must be the path of an .html file
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; report: "{args[0]}/run.html"; restarts: 2 } }))   # expect ~ `restarts:` and `report:` cannot be combined.*
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; plot: "{args[0]}/nowhere/run.svg" } }))    # expect ~ .*cannot be .*
print(why(fn() { train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 3; plot: 3 } }))                     # expect ~ `plot:` must be true, the path of a picture.*
print(w, exists("{args[0]}/run.html"), exists("{args[0]}/a.jsonl"))    # expect: [1, 2] false false
