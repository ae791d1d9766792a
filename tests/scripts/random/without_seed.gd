# Without a seed it is 0: a script gives the same numbers each time.
let a = rand(3)
seed(0)
print(all(a == rand(3)))   # expect: true
