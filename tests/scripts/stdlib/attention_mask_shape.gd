let net = Attention(8, 2)
let y = net(zeros(3, 5, 8), mask: ones(3, 5))      # expect error: the mask is [3, 5], it must be [5, 5] (queries, keys) or [3, 5, 5]
