let net = GRU(3, 4, layers: 2)
let (y, last) = net.run(zeros(5, 6, 3), state: zeros(5, 4))          # expect error: the state is [5, 4], it must be [2, 5, 4]
