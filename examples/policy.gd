# A contextual bandit: which of four machines pays depends on the weather; playing shows it.
#
# Shows: `update` in a loop of one's own, sampled actions, the policy gradient with a baseline
# (REINFORCE: R. J. Williams, "Simple statistical gradient-following algorithms", 1992).
# Outcome: after the training it wins more than 0.7 of 6400 games; by chance it would be 0.28, and
# 0.8 is the most that can be had.

seed(16)

# The weather is two numbers; the machine of its quarter pays with probability 0.8, the others 0.1.
fn play(weather, machine) {
  let best = 2 * (weather[:, 0] > 0) + (weather[:, 1] > 0)
  bernoulli(where(machine == best, 0.8, 0.1))
}

let policy = chain(Dense(2, 16), tanh, Dense(16, 4))   # weather to one logit a machine
let adam = Adam(lr: 0.02)   # made before the loop: it keeps its moments from round to round
let baseline = 0   # a running mean of the reward

for round in 1..300 {
  let weather = randn(64, 2)                   # 64 games side by side
  let machine = categorical(policy(weather))   # sampled: for each row a number from 0 to 3
  let reward = play(weather, machine)
  # Actions that paid more than the baseline become more probable, the others less.  The draw has no
  # gradient: the reward is a weight of the log probability, which depends on the net.
  update policy {
    loss: {
      let chosen = sum(log_softmax(policy(weather)) * one_hot(machine, 4), axis: 1)
      -mean((reward - baseline) * chosen)
    }
    optimizer: adam
  }
  baseline = 0.9 * baseline + 0.1 * mean(reward)
  if round % 100 == 0 { print("after {round} rounds it wins {baseline:.2f} of its games") }
}

let weather = randn(6400, 2)
let wins = mean(play(weather, argmax(policy(weather), axis: 1)))   # no more sampling
if len(args) > 0 { save(policy, args[0]) }
assert(wins > 0.7)
print("and in the end {wins:.2f}")
