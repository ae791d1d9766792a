# A tuple on the left assigns each part, once the right side is worked out.
let (a, b) = (1, 2)
(a, b) = (b, a + b)
print(a, b)                                     # expect: 2 3
let xs = [10, 20, 30]
(xs[0], xs[2]) = (xs[2], xs[0])
print(xs)                                       # expect: [30, 20, 10]
let names = ["p", "q"]
(names[1], _, (a, b)) = ("r", "dropped", [8, 9])
print(names, a, b)                              # expect: ["p", "r"] 8 9
(a, b) = [[1, 2], [3, 4]]
print(a, b)                                     # expect: [1, 2] [3, 4]
(a,) = list("one")
print(a)                                        # expect: one
let fib = [0, 1]
for _ in 1..8 { (fib[0], fib[1]) = (fib[1], fib[0] + fib[1]) }
print(fib[0])                                   # expect: 21
