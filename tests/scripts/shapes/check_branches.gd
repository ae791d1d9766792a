# check
# Both ways of a branch are tried from the same start; what differs afterwards is unknown, what agrees is known.
# status: 0
let n = 4
let quick = len(args) > 0
if exists("never") { n = 5; error("no") }
print(zeros(n) + zeros(4))                       # a branch that ends in an error changes nothing here
let w = if quick { zeros(3, 2) } else { zeros(4, 2) }
print(zeros(4) @ w, zeros(3) @ w)
fn grow() { n = n * 2 }
if quick { grow() }
print(zeros(n) + zeros(8), zeros(n) + zeros(4))
fn pick() { if quick { return zeros(2, 3) }; zeros(4, 5) }
print(pick() @ zeros(3, 1), pick() @ zeros(5))
fn usage(why) { print(why); exit(2) }
let m = 2
if quick { m = 3; usage("no") } else { m = 7 }
print(zeros(m) + zeros(7))
for i in 0..9 { if quick { break }; m = m + 1 }
print(zeros(m) + zeros(17), zeros(m) + zeros(8))
for a in args { if a == "x" { continue }; n = n + 1; if n < 0 { assert(false, "cannot be") } }
let best = none
for k in args { if best == none or k > best { best = k } }
print(best + "!")
let out = param(zeros(3))
let seen = []
train out on x in ones(5, 3) { loss: sum(x * out); optimizer: GD(lr: 1); epochs: 4; each_epoch: { seen = push(seen, loss) } }
print(seen[3])
