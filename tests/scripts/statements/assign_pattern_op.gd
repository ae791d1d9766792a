# status: 65
let (a, b) = (1, 2)
(a, b) += 1    # expect error: this cannot be assigned to
