seed(4)
let d = dataset(arange(20), arange(20) * 10)
let s = shuffle(d)
print(all(s.x == d.x), all(s.y == s.x * 10), all(sort(s.x) == d.x))   # expect: false true true
