# Inside ( ) a newline is nothing; inside { } within them it ends a statement again.
let r = map(fn(x) {
  let y = x + 1
  y * 2
}, [1, 2])
print(r[0], r[1])   # expect: 4 6
