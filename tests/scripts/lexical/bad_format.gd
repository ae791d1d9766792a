let x = "{1:.2q}"   # expect error ~ .
