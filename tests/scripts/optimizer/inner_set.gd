let o = Lookahead(Adam())
o.inner = o   # expect error: an inner optimizer is passed when the outer one is made
