# Inside vmap a member of an ensemble can be copied: the copy has the row's values, and is its own.
let all = stack_models([Dense(2, 1) for i in 0..2])
let x = randn(4, 2)
fn plain(net) = net(x)
fn copied(net) = copy(net)(x)
print(max(abs(vmap(copied)(all) - vmap(plain)(all))))       # expect: 0
fn shifted(net) {
  let c = copy(net)
  c.b = net.b + 1
  (c(x) - net(x), copy(net.W) - net.W)
}
let (up, same) = vmap(shifted)(all)
print(max(abs(up - 1)) < 1e-6, max(abs(same)))              # expect: true 0
let slopes = vmap(grad(fn(net) = sum(copy(net)(x)^2) + sum(net.b)))(all)
print(max(abs(slopes.W)), slopes.b[:, 0])                   # expect: 0 [1, 1, 1]
fn own(net) = grad(fn(c) = sum(c(x)))(copy(net)).b
print(vmap(own)(all)[:, 0])                                 # expect: [4, 4, 4]
