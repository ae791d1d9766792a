model D() { param sigma: positive = -1 }   # expect error ~ positive
let d = D()
