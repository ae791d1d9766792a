let s = """
one
  two"""
print(s)
# expect: one
# expect:   two
print("""a "quoted" word""")   # expect: a "quoted" word
print("""
{1 + 1}\t\u{3b1} {{x}}

""")
# expect: 2	α {x}
# expect: 
# expect: 
