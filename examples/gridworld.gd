# A grid world: what each place is worth under a policy, and the best policy, by experience.
#
# Shows: an environment as a function of tensors, temporal differences, Q-learning, `solve`.
# Outcome: values by sweeps are those of the linear system to 1e-9, those learned by walking are
# off by less than 0.3, and Q-learning finds the length of a shortest way from every place to 1e-3.

seed(22)
precision(f64)

# 4 by 4 places; a step costs 1, the last corner ends the walk.  Moves: up, down, left, right.
let (goal, discount) = (15, 0.9)
fn move(place, action) {   # walls keep one where one is
  let down = where(action == 1, 1, 0) - where(action == 0, 1, 0)
  let right = where(action == 3, 1, 0) - where(action == 2, 1, 0)
  4 * clamp(floor(place / 4) + down, 0, 3) + clamp(place % 4 + right, 0, 3)
}

# Going at random: V = -1 + discount P V, and V = 0 at the goal.
let places = arange(16)
fn all_by(action) = one_hot(move(places, full(16, value: action)), 16)
let P = 0.25 * (all_by(0) + all_by(1) + all_by(2) + all_by(3))
let open = where(places == goal, 0, 1)
let exact = solve(eye(16) - discount * open[:, none] * P, -open)
let swept = zeros(16)
for _ in 1..300 { swept = open * (-1 + discount * P @ swept) }

# 64 walkers; V moves to the cost and what was found next (TD), Q to that of the best way on.
let (V, Q, at) = (zeros(16), zeros(64), randint(0, 15, 64))
for step in 1..3000 {
  let action = randint(0, 4, 64)
  let next = move(at, action)
  let (here, taken) = (one_hot(at, 16), one_hot(4 * at + action, 64))
  let best_on = max(reshape(Q, 16, 4)[next], axis: 1)
  let errors = (-1 + discount * V[next] - V[at], -1 + discount * best_on - Q[4 * at + action])
  V = V + 10 / (100 + step) * (errors[0] @ here) / maximum(sum(here, axis: 0), 1)
  Q = Q + 0.5 * (errors[1] @ taken) / maximum(sum(taken, axis: 0), 1)
  at = where(next == goal, randint(0, 15, 64), next)
}
let away = 6 - floor(places / 4) - places % 4   # steps to the goal
let best = -(1 - discount^away) / (1 - discount)
let of_ways = max(reshape(Q, 16, 4), axis: 1)
let off = map(fn(x) = max(abs(x)), list(swept - exact, V - exact, of_ways - best))
print("off by: sweeps {off[0]:.0e}, walking {off[1]:.2f}, Q-learning {off[2]:.0e}")
assert(off[0] < 1e-9 and off[1] < 0.3 and off[2] < 1e-3)
