let r = 1..4
print(len(r), 3 in r, 5 in r)    # expect: 4 true false
let s = 0
for i in 10..1 by -3 { s += i }
print(s)                         # expect: 22
for i in 3..1 { print("never") }
print(len(0..9 by 3))            # expect: 4
