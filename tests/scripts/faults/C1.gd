# A product of sizes that does not fit is found by checked arithmetic.
let x = zeros(8589934592, 8589934592)   # expect error: 8589934592
