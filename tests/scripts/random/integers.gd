seed(1)
let x = randint(3, 6, 1000)
print(min(x), max(x), shape(randint(0, 2, 2, 3)))   # expect: 3 5 (2, 3)
let p = permutation(10)
print(all(sort(p) == arange(10)), size(p))          # expect: true 10
