fn counter() {
  let n = 0
  fn() { n += 1; n }
}
let c = counter()
c(); c()
print(c())          # expect: 3
let x = 1
let read_x = fn() = x
x = 2
print(read_x())     # expect: 2
