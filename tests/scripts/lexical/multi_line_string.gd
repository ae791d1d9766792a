let s = """
one
  two"""
print(s)
# expect: one
# expect:   two
print("""a "quoted" word""")   # expect: a "quoted" word
