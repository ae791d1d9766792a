let x = 1
let (a, b) = (x + 1, x + 2)
{
  let x = 10
  a = x
}
print(x, a, b)   # expect: 1 10 3
