let o = Lookahead(Adam())
o.inner = o   # expect error: an inner optimizer is given when the outer one is made
