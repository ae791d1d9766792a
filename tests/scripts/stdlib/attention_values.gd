# Two heads, causal and masked, and across with keys that do not count: sums and squares as torch has them in f64.
precision(f64)
fn fill(k, shape...) = reshape(sin(k + arange(reduce(fn(a, b) = a * b, shape))), shape...)
fn filled(net) {
  for (part, k) in ((net.query, 1), (net.key, 2), (net.value, 3), (net.out, 5)) { assign(part.W, fill(k, 4, 4)) }
  for (part, k) in ((net.query, 4), (net.key, 8), (net.value, 12), (net.out, 6)) { assign(part.b, fill(k, 4)) }
  net
}
let (all, past) = (filled(Attention(4, 2)), filled(Attention(4, 2, causal: true)))
let x = fill(0.5, 2, 5, 4)
fn show(y) = print("{sum(y):.9f} {sum(y^2):.9f}")
show(past(x))                                            # expect: 21.954472340 22.529299166
show(all(x, mask: tril(ones(5, 5)) == 1))                # expect: 21.954472340 22.529299166
show(all(x, mask: expand(tril(ones(5, 5)), 2, 5, 5)))    # expect: 21.954472340 22.529299166
print("{sum(grad(fn(x) = sum(past(x)^2))(x)^2):.8f}")    # expect: 69.52978932
show(all(x, memory: fill(0.3, 2, 3, 4), lengths: [2, 1]))   # expect: 23.359656905 25.857215144
