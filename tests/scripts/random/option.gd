# options: --seed 7
let a = rand(2)
seed(7)
print(all(a == rand(2)))   # expect: true
