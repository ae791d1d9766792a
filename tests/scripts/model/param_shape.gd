model D(n) { param W: [n, 2] = zeros(n, 3) }   # expect error: [3, 3]
let d = D(3)
