fn caught(f) = attempt(f).error
let w = param([1.0, 2.0])
let d = dataset([[1.0, 2.0], [3.0, 4.0]])
print(caught(fn() = train w on x in d { loss: sum(w * x); optimizer: GD(); steps: 1; shards: 0; quiet: true }))     # expect: `shards:` must be a whole number from 1 to 2^53, this is 0
print(caught(fn() = train w on x in d { loss: sum(w * x); optimizer: GD(); steps: 1; shards: 1.5; quiet: true }))   # expect: `shards:` must be a whole number from 1 to 2^53, this is 1.5
print(caught(fn() = train w { loss: sum(w * w); optimizer: GD(); steps: 1; shards: 2; quiet: true }))               # expect: `shards:` needs data
print(caught(fn() = train w on x in d { loss: sum((w * x) ^ 2); optimizer: LBFGS(); steps: 1; shards: 2; quiet: true }))   # expect: LBFGS evaluates the loss itself, and would see only one of the parts
# one part is the whole
let h = train w on x in d { loss: sum((w * x) ^ 2); optimizer: LBFGS(); steps: 9; shards: 1; accumulate: 1; quiet: true }
print(h.stopped)   # expect: converged
