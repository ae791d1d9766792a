# An integer tensor gathers items of a list, a bool tensor selects, as in a tensor.
let names = ["a", "b", "c", "d"]
let scores = [0.3, 0.9, 0.1, 0.5]
print(names[argsort(scores)], names[scores > 0.4])      # expect: ["c", "a", "d", "b"] ["b", "d"]
print(names[[-1, 0, 0]], names[[false, false, false, false]], names)   # expect: ["d", "a", "a"] [] ["a", "b", "c", "d"]
let nets = list(Dense(1, 1), Dense(2, 2))
print([count(net) for net in nets[[1, 0]]], names[sum([1, 1])])   # expect: [6, 2] c
fn why(f) { print(attempt(f).error) }
why(fn() = names[[0.5]])          # expect ~ .*0\.5.*
why(fn() = names[[true, false]])  # expect: a list of 4 is indexed by a tensor of shape [2]
why(fn() = names[[[0, 1]]])       # expect: a list of 4 is indexed by a tensor of shape [1, 2]
names[[1, 4]]                     # expect error: index 4 is out of range: a list of 4
