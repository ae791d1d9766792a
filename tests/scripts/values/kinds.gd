print(type(3), type([1, 2]), type(true), type("a"), type(none))     # expect: number tensor bool string none
print(type((1, 2)), type(["a"]), type(1..2), type(fn(x) = x))       # expect: tuple list range function
