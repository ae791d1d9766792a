# A name's place and slot, by function: a captured variable is a cell, and each capture says where it comes from.
# options: --dump=names
let total = 4
fn adder(n) {
  for k in 1..2 { let q = k; q + n }
  fn add(x) = x + n
  add
}
print(adder(3)(total))
# expect: top level
# expect:   3:5 total → global 0, declared
# expect:   4:4 adder → global 1, declared
# expect:   9:1 print → standard `print`
# expect:   9:7 adder → global 1
# expect:   9:16 total → global 0
# expect: fn adder, 4:1, a frame of 4
# expect:   4:10 n → cell 0, declared
# expect:   5:7 k → local 2, declared
# expect:   5:23 q → local 1, declared
# expect:   5:27 k → local 2
# expect:   5:30 q → local 1
# expect:   5:34 n → cell 0
# expect:   6:6 add → local 3, declared
# expect:   7:3 add → local 3
# expect: fn add, 6:3, a frame of 1, capture 0 from cell 0
# expect:   6:10 x → local 0, declared
# expect:   6:15 x → local 0
# expect:   6:19 n → capture 0
# expect: 7
