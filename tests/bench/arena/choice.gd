# What `lr: auto` comes to on trainings that are not the arena's: the geometric mean over two seeds of the held-out loss at the end (1000
# where it diverged), and in the last column the mean of their logarithms.
import "others.gd"

let optimizers = dict(
  GD: fn() = GD(lr: auto), SGD: fn() = SGD(lr: auto, momentum: 0.9), Muon: fn() = Muon(lr: auto), Lion: fn() = Lion(lr: auto), Adam: fn() = Adam(lr: auto))
let places = ["friedman", "spirals", "gru", "logistic", "residual", "flow", "wide", "rnn", "denoise", "bn250", "sorting"]

fn ends(name, make) {
  let work = others.workload(name)
  let runs = [others.run(work, make(), k, work.steps, -inf) for k in 1..2]
  number(exp(mean([log(if r.diverged { 1e3 } else { minimum(r.looks[-1], 1e3) }) for r in runs])))
}
print("      {join(["{name:>9}" for name in places], " ")}")
for (name, make) in optimizers {
  let row = [ends(place, make) for place in places]
  print("{name:<5} {join(["{number(r):9.3g}" for r in row], " ")}   {number(mean(log(row))):.3f}")
}
