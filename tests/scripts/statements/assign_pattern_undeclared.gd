# status: 65
let lo = 1
(lo, hi) = (2, 3)    # expect error: `hi` was never declared
