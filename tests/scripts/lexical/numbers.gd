print(1_000_000, .5, 1e-3, 0xff, 2.50)   # expect: 1000000 0.5 0.001 255 2.5
print(1..3)                               # expect: 1..3
for i in 1..3 { print(i) }
# expect: 1
# expect: 2
# expect: 3
let t = ((1, 2), 3)
print(t.0.1, (t.0).1)                     # expect: 2 2
print(4.9e-324, 2.2250738585072011e-308)  # expect: 5e-324 2.225073858507201e-308
print(9007199254740993)                   # expect: 9007199254740992
