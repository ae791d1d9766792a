print("a\tb\\\"\u{3b1}")   # expect: a	b\"α
print("one\ntwo")
# expect: one
# expect: two
