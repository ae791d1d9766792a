# Optimizers that find their own learning rate.
#
# As in optimizers.gd, each sees a tensor p and its gradient g, once per step, and hyperparameters out of range are
# errors. A `shared` state holds what they know of all tensors together.

## Adam that finds its own rate: d, a lower bound of the distance to the solution, is raised as the gradients show that
## it is larger, and the step is `lr d` times that of Adam (Mishchenko and Defazio, "Prodigy: An Expeditiously Adaptive
## Parameter-Free Learner", 2023, algorithm 4, without bias correction; weight decay decoupled, as in the authors'
## code). d grows by at most the factor `growth` in a step. Leave lr at 1; a schedule for it scales the whole step.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Prodigy(); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer Prodigy(lr = 1, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0, d0 = 1e-6, growth = inf) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 > 0 and beta2 < 1, "beta2 must be between 0 and 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(d0 > 0 and d0 < inf, "d0 must be more than 0 and finite, it is {d0}")
  assert(growth > 1, "growth must be more than 1, it is {growth}")
  state start = p
  state m = 0
  state v = 0
  state s = 0
  state d: shared = d0
  state before: shared = d0   # d as the step began
  state r: shared = 0
  fn gathered(d, g) = sqrt(beta2) * s + (1 - sqrt(beta2)) * lr * d * d * g
  fn total(p, g) = (sum(g * (start - p)), sum(abs(gathered(d, g))))
  fn once(total) {
    r = sqrt(beta2) * r + (1 - sqrt(beta2)) * lr * d * d * total.0
    before = d
    let found = r / where(total.1 > 0, total.1, inf)
    d = maximum(d, minimum(found, growth * d))
  }
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * before * g
    v = beta2 * v + (1 - beta2) * (before * g) * (before * g)
    s = gathered(before, g)
    p = p - lr * before * weight_decay * p - lr * before * m / (sqrt(v) + before * eps)
  }
}

## Adam that finds its own rate: d, a lower bound of the distance to the solution, is raised as the gradients show that
## it is larger, and multiplies every step (Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", 2023,
## algorithm 5, the Adam variant). d grows by at most the factor `growth` in a step (growth_rate in the authors' code).
## Leave lr at 1; a schedule for it scales the whole step.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: DAdaptation(); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer DAdaptation(lr = 1, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0, d0 = 1e-6, growth = inf) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 > 0 and beta2 < 1, "beta2 must be between 0 and 1, it is {beta2}")
  assert(eps > 0, "eps must be more than 0, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(d0 > 0 and d0 < inf, "d0 must be more than 0 and finite, it is {d0}")
  assert(growth > 1, "growth must be more than 1, it is {growth}")
  state m = 0
  state v = 0
  state s = 0
  state d: shared = d0
  state before: shared = d0   # d as the step began
  state r: shared = 0
  fn squares(g) = beta2 * v + (1 - beta2) * g * g
  fn gathered(rate, g) = sqrt(beta2) * s + (1 - sqrt(beta2)) * rate * g
  fn total(p, g) = (sum(g * s / (sqrt(squares(g)) + eps)), sum(abs(gathered(lr * d, g))))
  fn once(total) {
    r = sqrt(beta2) * r + (1 - sqrt(beta2)) * lr * d * total.0
    before = d
    let found = r / (1 - sqrt(beta2)) / where(total.1 > 0, total.1, inf)
    d = maximum(d, minimum(found, growth * d))
  }
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * lr * before * g
    v = squares(g)
    s = gathered(lr * before, g)
    p = p - lr * before * weight_decay * p - m / (sqrt(v) + eps)
  }
}

## Gradient descent that finds its own rate, the largest distance from the start so far over the root of the sum of
## squared gradients: `lr max |p_i - p_0| / sqrt(sum |g_i|^2)`, over all tensors together (Ivgi, Hinder and Carmon, "DoG
## is SGD's Best Friend", 2023; as in their code, the first distance is `first (1 + |p_0|)` and eps is under the root).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: DoG(lr: 1); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer DoG(lr = 1, first = 1e-6, eps = 1e-8, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(first > 0 and first < inf, "first must be more than 0 and finite, it is {first}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state start = p
  state far: shared = 0
  state squares: shared = 0
  fn total(p, g) = (sum((p - start)^2), sum(g^2), sum(start^2))
  fn once(total) {
    far = maximum(maximum(far, sqrt(total.0)), where(far == 0, first * (1 + sqrt(total.2)), 0))
    squares = squares + total.1
  }
  fn step(p, g) {
    let rate = lr * far / sqrt(squares + eps)
    p = p - rate * (g + weight_decay * p)
  }
}

## Gradient descent with the Polyak step size, `scale (loss - least) / |g|^2` over all tensors together, at most `most`;
## `least` is the minimum of the loss (Polyak, "Introduction to Optimization", 1987, section 5.3; with `most` the
## SPS_max of Loizou et al., "Stochastic Polyak Step-size for SGD", 2021, whose c is `1 / scale`). A value of `least`
## below the true minimum makes the steps too long.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Polyak(); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Polyak(least = 0, scale = 1, most = inf) {
  assert(least > -inf and least < inf, "least must be finite, it is {least}")
  assert(scale > 0 and scale < inf, "scale must be more than 0 and finite, it is {scale}")
  assert(most > 0, "most must be more than 0, it is {most}")
  state rate: shared = 0
  state squares: shared = 0   # where it overflows, an error and not a step of 0
  fn total(p, g) = sum(g * g)
  fn once(total) {
    squares = total
    rate = where(total > 0, minimum(scale * maximum(loss - least, 0) / where(total > 0, total, 1), most), 0)
  }
  fn step(p, g) {
    p = p - rate * g
  }
}

## Coin betting, without a learning rate: each element bets a fraction of what its gradients have won so far on the next
## one (Orabona and Tommasi, "Training Deep Networks without Learning Rates Through Coin Betting", 2017, algorithm 2).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: COCOB(); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer COCOB(alpha = 100, eps = 1e-8) {
  assert(alpha > 0 and alpha < inf, "alpha must be more than 0 and finite, it is {alpha}")
  assert(eps > 0 and eps < inf, "eps must be more than 0 and finite, it is {eps}")
  state start = p
  state most = eps   # the greatest gradient so far
  state size = 0     # the sum of the gradients' absolute values
  state won = 0      # the reward
  state way = 0      # the sum of the gradients, downwards
  fn step(p, g) {
    most = maximum(most, abs(g))
    size = size + abs(g)
    won = maximum(won - (p - start) * g, 0)
    way = way - g
    p = start + way / (most * maximum(size + most, alpha * most)) * (most + won)
  }
}

## AdamW without a schedule: the gradient is taken at `(1 - beta1) z + beta1 p`, where z makes Adam's steps and p is
## their weighted mean, which is also what validation and everything outside a training step sees (Defazio et al., "The
## Road Less Scheduled", 2024, algorithm 1 with AdamW's step). The weights are squared rates, lr rises over `warmup`
## steps, and the weight decay acts where the gradient is taken.
##
##     let w = param(1)
##     train w { loss: w^2; optimizer: ScheduleFree(lr: 0.1); steps: 100; quiet: true }
##     print(abs(w) < 0.1)   # expect: true
optimizer ScheduleFree(lr = 2.5e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0, warmup = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(warmup >= 0, "warmup must be 0 steps or more, it is {warmup}")
  state z = p
  state v = 0
  state weights = zeros() * zeros_like(sum(p))   # the sum of the squared rates: one number a tensor
  fn ahead(p) = (1 - beta1) * z + beta1 * p
  fn step(p, g) {
    let y = ahead(p)
    let rate = if warmup == 0 { lr } else { lr * minimum(t / warmup, 1) }
    weights = weights + rate * rate
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)
    z = z - rate * (root * g / (sqrt(v) + eps * root) + weight_decay * y)
    p = p + rate * rate / where(weights > 0, weights, 1) * (z - p)
  }
}
