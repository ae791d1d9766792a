let x = 3
print(if x > 2 { "more" } else { "less" })   # expect: more
let y = if x > 5 { 1 }
print(y)                                      # expect: none
let z = if x == 1 { "a" } else if x == 3 { "b" } else { "c" }
print(z)                                      # expect: b
