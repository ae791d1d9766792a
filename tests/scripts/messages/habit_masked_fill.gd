let y = masked_fill(ones(2), 0, 1)   # expect error: in gd, `masked_fill` is called `where`
