# a metric of one's own: roots, maxima, correlations, medians, places, counts of rows
precision(f64)
seed(3)
let x = randn(45, 2)
let net = chain(Dense(2, 4), tanh, Dense(4, 1))
fn predict(x) = reshape(net(x), -1)
fn middle(v) = sort(v)[floor((size(v) - 1) / 2)]
fn alike(a, b) = mean((a - mean(a)) * (b - mean(b))) / (std(a) * std(b))
let h = train net on x in x {
  loss: mean((predict(x) - x[:, 0])^2); optimizer: Adam(); epochs: 1; batch: 8; validate: x; quiet: true
  metrics: (root: sqrt(mean((predict(x) - x[:, 0])^2)), far: max(abs(predict(x) - x[:, 0])), alike: alike(predict(x), x[:, 1]), middle: middle(predict(x)),
    rows: shape(x)[0], length: norm(net(x)), places: sum(predict(x) * arange(shape(x)[0])), third: net(x)[2, 0], logs: logsumexp(predict(x)))
}
let p = predict(x)
fn near(a, b) = abs(a - b) < 1e-12
print(near(h.val_root[0], sqrt(mean((p - x[:, 0])^2))), near(h.val_far[0], max(abs(p - x[:, 0]))))    # expect: true true
print(near(h.val_alike[0], alike(p, x[:, 1])), near(h.val_middle[0], middle(p)), h.val_rows[0])       # expect: true true 45
print(near(h.val_length[0], norm(p)), near(h.val_places[0], sum(p * arange(45))), near(h.val_third[0], p[2]), near(h.val_logs[0], logsumexp(p)))   # expect: true true true true
