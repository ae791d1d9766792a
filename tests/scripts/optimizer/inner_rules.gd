let o = Lookahead(Adam(lr: -1))   # expect error: lr must be 0 or more
