# An optimizer that finds its own rate and has found none says so; one that has says nothing.
let (w, v) = (param([1.0, 2.0]), param([1.0, 2.0]))
train w { loss: sum(w^2); optimizer: Prodigy(); steps: 60 }
print(norm(w) < 2)   # expect: true
train v { loss: 1e-30 * sum(v * (randn(2))); optimizer: Lookahead(Prodigy()); steps: 60 }
# expect stderr: `d` of Prodigy is still at its start value, 1e-06, after 60 steps: it has found no rate
