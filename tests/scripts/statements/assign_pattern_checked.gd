# check
# status: 65
let (a, b) = (zeros(2, 3), zeros(4))
if mean(randn(5)) > 0 { (a, b) = (a + 1, ones(4)) }
(a, b) = (b, a)
print(a @ b)    # expect error: [4] @ [2, 3]
