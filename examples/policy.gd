# A gambler before four machines learns by trying which one pays in which weather.
#
# Shows: `update` in a loop of one's own, draws by probability, the gradient of an expected reward
# (REINFORCE: R. J. Williams, "Simple statistical gradient-following algorithms", 1992).
# Outcome: after the training it wins more than 0.7 of 6400 games; by chance it would be 0.28, and
# 0.8 is the most that can be had.

seed(16)

# The weather is two numbers; the machine of its quarter pays with probability 0.8, the others 0.1.
fn play(weather, machine) {
  let best = 2 * (weather[:, 0] > 0) + (weather[:, 1] > 0)
  bernoulli(where(machine == best, 0.8, 0.1))
}

let policy = chain(Dense(2, 16), tanh, Dense(16, 4))   # weather to a logit for each machine
let adam = Adam(lr: 0.02)   # made before the loop: it keeps its moments from round to round
let usual = 0               # the reward of late

for round in 1..300 {
  let weather = randn(64, 2)                       # 64 games side by side
  let machine = categorical(policy(weather))       # drawn, a number from 0 to 3 for each row
  let reward = play(weather, machine)
  # What paid more than usual becomes more probable, what paid less becomes less.  No gradient goes
  # through the draw: the reward is a weight, and the logarithm of the probability is what depends
  # on the net.
  update policy {
    loss: -mean((reward - usual) * sum(log_softmax(policy(weather)) * one_hot(machine, 4), axis: 1))
    optimizer: adam
  }
  usual = 0.9 * usual + 0.1 * mean(reward)
  if round % 100 == 0 { print("after {round} rounds it wins {usual:.2f} of late") }
}

let weather = randn(6400, 2)
let wins = mean(play(weather, argmax(policy(weather), axis: 1)))   # the best it knows
if len(args) > 0 { save(policy, args[0]) }
assert(wins > 0.7)
print("and in the end {wins:.2f}")
