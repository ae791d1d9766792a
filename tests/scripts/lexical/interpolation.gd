let v = arange(5); let n = 42
fn f(a) = a + 1
print("n is {n}, next {n + 1}")       # expect: n is 42, next 43
print("{v[1:3]} {f(a: 1)} {{n}}")     # expect: [1, 2] 2 {n}
print("{join(["a", "b"], ", ")}!")    # expect: a, b!
print("{(x: 1, y: 2)}")               # expect: (x: 1, y: 2)
print("{"inner {n}"}")                # expect: inner 42
