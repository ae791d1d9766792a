let v = {
  let a = 2
  a * 3
}
print(v)           # expect: 6
print({ let _a = 1 })  # expect: none
let f = fn(x) { if x > 0 { return "up" }; "down" }
print(f(1), f(-1)) # expect: up down
