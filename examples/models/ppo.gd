# Cart and pole once more, by an actor that learns from its critic: with one step for each stretch
# of the games (actor-critic), and with several, whose changes are clipped (PPO).
#
# Shows: a net with two heads, advantages by generalized estimation (Schulman et al., 2016), the
# clipped objective (Schulman et al., "Proximal Policy Optimization Algorithms", 2017).
# Outcome: each holds the stick for 195 of 200 steps or more, in the mean over 100 fresh games.

fn pushed(s, right) {   # as in cartpole.gd
  let (x, v, a, w) = (s[:, 0], s[:, 1], s[:, 2], s[:, 3])
  let force = (20 * right - 10 + 0.05 * w^2 * sin(a)) / 1.1
  let turn = (9.8 * sin(a) - cos(a) * force) / (0.5 * (4 / 3 - 0.1 * cos(a)^2 / 1.1))
  s + 0.02 * stack(v, force - 0.05 * turn * cos(a) / 1.1, w, turn, axis: 1)
}
fn up(s) = abs(s[:, 0]) < 2.4 and abs(s[:, 2]) < 0.2094
fn fresh(n) = 0.1 * rand(n, 4) - 0.05

model Player(width = 64) {
  let actor = chain(Dense(4, width), tanh, Dense(width, 2))    # logits of the two pushes
  let critic = chain(Dense(4, width), tanh, Dense(width, 1))   # how much is still to come
  fn forward(s: [N, 4]) -> [N, 2] = actor(s)
  fn worth(s: [N, 4]) -> [N] = critic(s)[:, 0]
  fn log_chance(s: [N, 4], right: [N]) -> [N] =
    sum(log_softmax(actor(s)) * one_hot(right, 2), axis: 1)
}
fn held(net, games) {
  let (s, on, total) = (fresh(games), ones(games), 0)
  for _ in 1..200 { s = pushed(s, argmax(net(s), axis: 1)); on = on * up(s); total += mean(on) }
  total
}

# `steps` more of each game (a step is worth 0.1, the next ones 0.99 of that): what was seen and
# done, by how much it was better than the critic had expected, and what that should have expected.
fn play(net, games, steps) {
  let (s, age) = games
  let (seen, pushes, surprises, going) = ([], [], [], [])
  for _ in 1..steps {
    let right = categorical(net(s))
    let next = pushed(s, right)
    let (on, over) = (1 * up(next), age >= 199)
    surprises = push(surprises, 0.1 + 0.99 * on * net.worth(next) - net.worth(s))
    (seen, pushes, going) = (push(seen, s), push(pushes, right), push(going, on * (1 - over)))
    let again = going[-1] == 0
    (s, age) = (where(again[:, none], fresh(len(age)), next), where(again, 0, age + 1))
  }
  let (ahead, gains) = (0, [])
  for t in steps - 1..0 by -1 {
    ahead = surprises[t] + 0.99 * 0.95 * going[t] * ahead
    gains = push(gains, ahead)
  }
  let (states, gain) = (reshape(stack(seen...), -1, 4), reshape(flip(stack(gains...), axis: 0), -1))
  ((s, age), states, reshape(stack(pushes...), -1), gain, gain + net.worth(states))
}

fn learn(name, passes, rate, rounds) {
  let (net, adam, games) = (Player(), Adam(lr: rate), (fresh(32), zeros(32)))
  for round in 1..rounds {
    let (after, s, right, gain, worth) = play(net, games, 32)
    games = after
    let (usual, better) = (net.log_chance(s, right), (gain - mean(gain)) / (std(gain) + 1e-6))
    for _ in 1..passes {
      update net {
        loss: {
          # 1 in the first pass, whose step is that of the policy gradient
          let ratio = exp(net.log_chance(s, right) - usual)
          mse(net.worth(s), worth) - mean(minimum(ratio * better, clamp(ratio, 0.8, 1.2) * better))
        }
        optimizer: adam
        clip: (norm: 0.5)
      }
    }
    if round % 20 == 0 and held(net, 50) > 198 { print("{name}: learned in {round} rounds"); break }
  }
  let steps = held(net, 100)
  print("{name}: it holds the stick for {steps:.1f} of 200 steps")
  assert(steps >= 195)
}
seed(5)
learn("actor-critic", 1, 3e-3, 400)
learn("PPO", 8, 1e-3, 120)
