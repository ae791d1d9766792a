# Several mistakes, told at once.
let a = unknwon(1)
let b = 1 +
fn f(x) = x @@ 2
train a on x in y { lss: 3 }
print(zeros(2, 3) @ zeros(2, 3))
