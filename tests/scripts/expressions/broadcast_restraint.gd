# Where ranks differ the result has the shape of the operand of higher rank.
let y = zeros(5) - zeros(5, 1)   # expect error: [5, 1]
