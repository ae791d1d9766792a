# Cart and pole: a stick is kept upright by pushing its cart to the left or to the right.
#
# Shows: an environment as a function of tensors, REINFORCE with a baseline, `weights:`, `break`.
# Outcome: it holds the stick for 195 of 200 steps or more, in the mean over 100 fresh games.

seed(27)

# Place, speed, angle and turning of each cart [N, 4], a fiftieth of a second on, after a push of
# 10 newtons (Barto, Sutton and Anderson, "Neuronlike Adaptive Elements", 1983).
fn pushed(s, right) {
  let (x, v, a, w) = (s[:, 0], s[:, 1], s[:, 2], s[:, 3])
  let force = (20 * right - 10 + 0.05 * w^2 * sin(a)) / 1.1
  let turn = (9.8 * sin(a) - cos(a) * force) / (0.5 * (4 / 3 - 0.1 * cos(a)^2 / 1.1))
  s + 0.02 * stack(v, force - 0.05 * turn * cos(a) / 1.1, w, turn, axis: 1)
}

# Games side by side: states [T, N, 4], pushes [T, N], and which games were still on [T, N].
fn play(policy, games, choose) {
  let (s, on, seen, pushes, were_on) = (0.1 * rand(games, 4) - 0.05, ones(games), [], [], [])
  for _ in 1..200 {
    if sum(on) == 0 { break }
    let right = choose(policy(s))
    (seen, pushes, were_on) = (push(seen, s), push(pushes, right), push(were_on, on))
    s = pushed(s, right)
    on = on * (abs(s[:, 0]) < 2.4 and abs(s[:, 2]) < 0.2094)
  }
  (stack(seen...), stack(pushes...), stack(were_on...))
}

let policy = chain(Dense(4, 32), tanh, Dense(32, 2))
let adam = Adam(lr: 0.01)
for round in 1..60 {
  let (s, right, on) = play(policy, 32, categorical)
  let left = flip(cumsum(flip(on, axis: 0), axis: 0), axis: 0)   # how many steps were still to come
  let usual = sum(left * on, axis: 1, keep: true) / sum(on, axis: 1, keep: true)
  let gain = on * (left - usual) / 30   # better than other games at that time
  update policy {
    loss: cross_entropy(policy(s), right, weights: gain, reduce: "sum") / sum(on)
    optimizer: adam
  }
  if mean(left[0]) > 198 { print("learned in {round} rounds"); break }
}
let held = mean(sum(play(policy, 100, fn(z) = argmax(z, axis: 1)).2, axis: 0))
print("it holds the stick for {held:.1f} of 200 steps")
assert(held >= 195)
