let x = 3
let s = if x > 5 { "big" }
else if x > 2 { "middle" }
else { "small" }
print(s)   # expect: middle
let t = (a: (b: 7))
print(t
  .a
  .b)      # expect: 7
