# Cart and pole again, by Q-learning: the worth of each push is learned from what was seen before.
#
# Shows: a replay memory as tensors that are written in places, a target net that is assigned to
# (Mnih et al., "Human-Level Control Through Deep Reinforcement Learning", 2015).
# Outcome: it holds the stick for 195 of 200 steps or more, in the mean over 100 fresh games.

seed(31)
fn pushed(s, right) {   # as in cartpole.gd
  let (x, v, a, w) = (s[:, 0], s[:, 1], s[:, 2], s[:, 3])
  let force = (20 * right - 10 + 0.05 * w^2 * sin(a)) / 1.1
  let turn = (9.8 * sin(a) - cos(a) * force) / (0.5 * (4 / 3 - 0.1 * cos(a)^2 / 1.1))
  s + 0.02 * stack(v, force - 0.05 * turn * cos(a) / 1.1, w, turn, axis: 1)
}
fn up(s) = abs(s[:, 0]) < 2.4 and abs(s[:, 2]) < 0.2094
fn fresh(n) = 0.1 * rand(n, 4) - 0.05

fn made() = chain(Dense(4, 64), relu, Dense(64, 2))   # what each push is worth
let (net, target, adam) = (made(), made(), Adam(lr: 1e-3))
fn held(games) {
  let (s, on, total) = (fresh(games), ones(games), 0)
  for _ in 1..200 { s = pushed(s, argmax(net(s), axis: 1)); on = on * up(s); total += mean(on) }
  total
}

let (carts, room) = (16, 20000)   # sixteen side by side; the last 20,000 steps are remembered
let (from, taken, to, fell) = (zeros(room, 4), zeros(room), zeros(room, 4), zeros(room))
let (s, age) = (fresh(carts), zeros(carts))
for step in 0..6000 {
  let at_random = bernoulli(maximum(0.05, 1 - step / 1500), carts) == 1
  let right = where(at_random, randint(0, 2, carts), argmax(net(s), axis: 1))
  let (next, at) = (pushed(s, right), step * carts % room)
  (from[at:at + carts], taken[at:at + carts]) = (s, right)
  (to[at:at + carts], fell[at:at + carts]) = (next, not up(next))
  let over = not up(next) or age >= 200
  (s, age) = (where(over[:, none], fresh(carts), next), where(over, 0, age + 1))
  if step < 100 { continue }
  let i = randint(0, minimum(step * carts, room), 128)
  let worth = 1 + 0.99 * (1 - fell[i]) * max(target(to[i]), axis: 1)
  fn said() = sum(net(from[i]) * one_hot(taken[i], 2), axis: 1)
  update net { loss: mse(said(), worth); optimizer: adam; clip: (norm: 10) }
  if step % 100 == 0 { assign(target, net) }
  if step % 500 == 0 and held(50) > 198 { print("learned in {step} steps"); break }
}
print("it holds the stick for {held(100):.1f} of 200 steps")
assert(held(100) >= 195)
