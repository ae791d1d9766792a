# A sequence in two windows is the sequence; what is behind a row's end changes nothing.
seed(5)
for make in list(RNN, LSTM, GRU) {
  let net = make(3, 4, layers: 2)
  let x = randn(2, 7, 3)
  let (y, last) = net.run(x)
  let (y1, s) = net.run(x[:, :5])
  let (y2, end) = net.run(x[:, 5:], state: s)
  let apart = if make == LSTM { max(abs(last.c - end.c)) } else { max(abs(last - end)) }
  let short = net.run(x[1:, :3])[0]
  let cut = net(x, lengths: [7, 3])
  print(max(abs(concat(y1, y2, axis: 1) - y)) < 1e-6, apart < 1e-6, max(abs(cut[1:, :3] - short)) < 1e-6, max(abs(cut[1, 3:])) == 0)
}
# expect: true true true true
# expect: true true true true
# expect: true true true true
precision(f64)
let one = GRU(2, 2)
let net = LSTM(2, 2, layers: 2, both: true)
print(check_gradient(fn(x) = sum(net(x, lengths: [4, 2])^2), randn(2, 4, 2)))            # expect: true
print(check_gradient(fn(x) = sum(grad(fn(x) = sum(one(x)^3))(x)^2), randn(1, 3, 2)))   # expect: true
