let y = masked_fill(ones(2), 0, 1)   # expect error: `where(mask, value, x)`
