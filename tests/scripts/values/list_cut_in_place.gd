# `xs = xs[:-1]` takes the last item off in place, where nothing else holds the list: a stack of a million items
# costs what a million steps cost. Other holders keep theirs.
# expect: 0 [] 999999
# expect: ["a", "b", "c"] ["b"]
# expect: [2, "x"] ["b", "c"] ["a"]
# expect: [(1, "one")]
# options: --max-time 20
let stack = list()
for i in 1..1_000_000 { stack = push(stack, "n") }
let taken = 0
while len(stack) > 1 { stack = stack[:-1]; taken += 1 }
stack = stack[1:]
print(len(stack), stack, taken)
let a = ["a", "b", "c"]
let b = a
b = b[1:2]
print(a, b)
let c = [1, 2, "x"]
c = c[1:]
let d = a
a = a[-2:]
d = d[:1]
print(c, a, d)
fn rest(xs) { xs = xs[:1]; xs }
let pairs = [(1, "one"), (2, "two")]
print(rest(pairs))
