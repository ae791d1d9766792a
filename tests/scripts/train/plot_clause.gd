# `plot:` draws the curves when the run is over: on the terminal, into a file, with arguments of `plot`.
# args: {tmp}
let w = param([1.0, 2.0])
train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 9; plot: "{args[0]}/run.svg" }
print("<svg" in read("{args[0]}/run.svg"))                       # expect: true
train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 9; plot: (save: "{args[0]}/log.svg", log: "y", title: "title of it") }
print("title of it" in read("{args[0]}/log.svg"))                # expect: true
race w { loss: sum(w^2); optimizers: (slow: GD(lr: 0.001), quick: GD(lr: 0.2)); steps: 9; plot: "{args[0]}/race.svg" }
print("quick" in read("{args[0]}/race.svg"), "slow" in read("{args[0]}/race.svg"))   # expect: true true
# elsewhere than on a terminal "live" is drawn once, at the end
train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 9; plot: "live" }
# output: any
