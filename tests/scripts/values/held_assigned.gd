# A name that is assigned again holds something else: its calls are checked when they run.
let f = fn(x) = x
fn two() = f(1, 2)
f = fn(a, b) = a + b
print(two())            # expect: 3
let net = Dense(2, 1)
let build = fn() { net = chain(Dense(2, 2), relu); len(net.parts) }
print(build())          # expect: 2
for k in 0..1 {
  let g = if k == 0 { fn(x) = x } else { fn(x, y) = x + y }
  print(if k == 0 { g(1) } else { g(1, 2) })
}
# expect: 1
# expect: 3
let (h, _) = (fn(x) = x, 1)
print(h(4), attempt(fn() = h(1, 2)).ok)   # expect: 4 false
