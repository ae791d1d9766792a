# A recommender by matrix factorization: what people will think of things they have not rated.
#
# Shows: Embedding looked up by number, a loss with a penalty, `keep: best(…)` by a validation set.
# Outcome: its error on held-out ratings is 5 % or more under that of the mean of user and item.

seed(21)

# Ratings as people make them: a leaning of each user and item, three tastes, and noise.
let (users, items, tastes) = (300, 200, 3)
let (u, i) = (randint(0, users, 12000), randint(0, items, 12000))
let leaning = 0.5 * randn(users)[u] + 0.7 * randn(items)[i]
let taste = sum(randn(users, tastes)[u] * randn(items, tastes)[i], axis: 1)
let rating = 3 + leaning + 0.4 * taste + 0.3 * randn(12000)
fn part(from, to) = dataset(u[from:to], i[from:to], rating[from:to])

model Factors(dim = 4) {
  param middle = 3
  let (user, item) = (Embedding(users, dim), Embedding(items, dim))
  let (user_leans, item_leans) = (Embedding(users, 1), Embedding(items, 1))
  fn forward(u: [N], i: [N]) -> [N] =
    middle + sum(user(u) * item(i), axis: 1) + user_leans(u)[:, 0] + item_leans(i)[:, 0]
}

let net = Factors()
for (_, p) in parameters(net)[1:] { assign(p, 0.1 * p) }   # begin near the mean
train net on (u, i, r) in part(0, 9000) {
  loss: mse(net(u, i), r) + 0.05 * mean(net.user(u)^2 + net.item(i)^2)
  optimizer: Adam(lr: 0.01)
  epochs: 60
  batch: 200
  validate: part(9000, 9600)
  keep: best(val_loss)
  quiet: true
}

# What stands against it: the mean of a user's ratings and of an item's, less the mean of all.
fn means(of, n) = rating[:9600] @ one_hot(of, n) / maximum(sum(one_hot(of, n), axis: 0), 1)
let (by_user, by_item) = (means(u[:9600], users), means(i[:9600], items))
let (us, them, held) = (u[9600:], i[9600:], rating[9600:])
let plain = rmse(by_user[us] + by_item[them] - mean(rating[:9600]), held)
let factors = rmse(net(us, them), held)
print("error on held-out ratings: factors {factors:.3f}, mean of user and item {plain:.3f}")
assert(factors < 0.95 * plain)
