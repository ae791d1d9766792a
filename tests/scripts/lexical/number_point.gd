# A point ends a number where no name, digit or second point follows.
print(2., 2. + 1, 1_0. / 4, 2.^3, 2.*3)    # expect: 2 3 2.5 8 6
print([1., 2.], -3., (4.))                 # expect: [1, 2] -3 4
for k in 1..2 { print(k) }
# expect: 1
# expect: 2
let t = ((5, 6), 7)
print(t.0.1, t.1)                          # expect: 6 7
