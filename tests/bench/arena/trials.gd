# Sets the arena's targets: 20 trials of each baseline on each workload, at random settings, over the workload's steps with 5 % of warmup
# and a cosine; `--kinds Muon,SOAP` gives others the same trials.  The trials go to trials.jsonl, a line each.
import "workloads.gd"

## the workloads, or all
let only = option("workload", "")
## what is tuned
let kinds = option("kinds", "AdamW,NAdam,Nesterov,HeavyBall")
## trials of each
let trials = option("trials", 20)
## where the trials go
let path = option("out", "trials.jsonl")

fn between(u, low, high) = low * (high / low)^u

fn baseline(name, u, steps) {
  let rate = if name in ["Nesterov", "HeavyBall"] { between(u[0], 3e-3, 1.5) } else if name == "Muon" { between(u[0], 3e-3, 0.3) } else { between(u[0], 3e-4, 5e-2) }
  let momentum = 1 - between(u[1], 0.03, 0.3)
  let decay = between(u[2], 1e-4, 1e-1)
  fn falling(rate) = warmup(floor(0.05 * steps), cosine(rate, steps: steps))
  let schedule = falling(rate)
  let o = if name == "AdamW" { AdamW(lr: schedule, beta1: momentum, weight_decay: decay) }
    else if name == "NAdam" { NAdam(lr: schedule, beta1: momentum, weight_decay: decay, decay: "matrices") }
    else if name == "Muon" { Muon(lr: schedule, momentum: momentum, weight_decay: decay, adam: falling(0.3 * rate)) }
    else if name == "SOAP" { SOAP(lr: schedule, beta1: momentum, weight_decay: decay) }
    else { SGD(lr: schedule, momentum: momentum, nesterov: name == "Nesterov", weight_decay: 0.01 * decay) }
  (o, "\"lr\": {rate:.6f}, \"momentum\": {momentum:.4f}, \"decay\": {decay:.6f}")
}

for name in if only == "" { workloads.names } else { split(only, ",") } {
  let work = workloads.workload(name)
  for kind in split(kinds, ",") {
    for k in 1..trials {
      seed(1000 + k)
      let (o, settings) = baseline(kind, rand(3), work.steps)
      let r = workloads.run(work, o, 1, work.steps, -inf)
      let shown = [if isfinite(x) { "{x:.6g}" } else { "null" } for x in r.looks]
      let last = "null"
      for x in shown { if not r.diverged { last = x } }
      let looks = join(shown, ", ")
      append(path, "{{\"workload\": \"{name}\", \"optimizer\": \"{kind}\", \"trial\": {k}, {settings}, \"last\": {last}, \"looks\": [{looks}]}}\n")
    }
  }
}
