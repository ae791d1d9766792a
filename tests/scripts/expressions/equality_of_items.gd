# `in` and `==` of items agree with `==` of the values: a number beside an f32 compares in f32.
let xs = [0.1, 0.2, 0.3]
print(xs[0] == 0.1, 0.1 in xs, xs[0] in list(0.1, none), 0.1 in list("a", xs[0]))     # expect: true true true true
print((xs[0], "a") == (0.1, "a"), list(xs[1], 1) == list(0.2, 1), 0.1 in f64(xs))      # expect: true true false
print(0.1 in f64([0.1]), xs[2] in list(0.3), xs[0] in 0..1 by 0.1)                     # expect: true true true
let ids = i32([16777217])
print(16777217 in ids, 16777216 in ids, 0.5 in ids, (ids[0], 1) == (16777216, 1))      # expect: true false false false
print(true in [false, true], 1 in [true], (1 / 0) in [1, 2])                           # expect: true true false
