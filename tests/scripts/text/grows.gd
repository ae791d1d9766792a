# A string that is lengthened in a loop is its own: who held it before keeps what it was.
let s = "a"
let kept = s
for i in 1..3 { s = s + "{i}" + "," }
print(s, kept)                               # expect: a1,2,3, a
for i in 4..5 { s = "{s}{i};" }
let before = s
s = s + s + "!"
print(s, before)                             # expect: a1,2,3,4;5;a1,2,3,4;5;! a1,2,3,4;5;
fn changed() { s = "new"; "x" }
s = s + changed() + "é"
print(s == before + before + "!" + "xé", len(s))   # expect: true 25
s = "{s:>3}{len(s)}" + ""
print(s[-2:])                                # expect: 25
s = "é"
for i in 1..200 { s = s + "ü{i}"; if s[0] != "é" or s[-1] != "{i}"[-1] { print("wrong at {i}") } }
print(len(s), s[len(s) - 4:], s[1], s[-4], s[150:153], s[::200])   # expect: 693 ü200 ü ü 3ü5 é777
let n = "{s}"
n = n + 1                                    # expect error: `+` does not take
