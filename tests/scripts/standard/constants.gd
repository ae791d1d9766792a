print(inf, -inf, nan, e)                # expect: inf -inf nan 2.718281828459045
let inf = 3
fn area(e, nan = 2) = e * nan * inf
print(inf, area(5), pi > e)               # expect: 3 30 true
