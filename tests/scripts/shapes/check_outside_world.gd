# check
# What comes from outside is unknown to a check, and so is what is made of it.
# status: 0
# silent
if len(args) < 2 { error("usage: fit FILE RATE") }
let (file, rate, quick) = (args[0], number(args[1]), "--quick" in args)
if env("HOME") == "nowhere" or not exists(file) or clock() < 0 { exit(2) }
let (rest, held) = split(shuffle(csv(file)), rate)
let net = chain(Dense(2, 3), relu, Dense(3, 1))
let h = train net on (x, y) in rest { loss: mse(net(x), y); optimizer: Adam(lr: rate); epochs: number(args[2]); batch: 4 }
assert(h.stopped == "steps" and h.loss[-1] < 0.1 and (h.stopped, 1) == ("steps", 1), "{h.epochs} {file[0]}")
let lines_seen = []
let line = read_line()
while line != none { lines_seen = push(lines_seen, line); line = read_line() }
for r in json(file) { print(r.name, r["v"], lines_seen[3]) }
for c in file { assert(c != "/") }
print(zeros(number(file)) + zeros(7), time(fn() = 1) < 3, shuffle(["a", "b"])[0] == "b")
