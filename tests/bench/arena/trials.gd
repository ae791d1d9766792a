# Sets the arena's targets: 20 trials of each baseline on each workload, at random settings, over the workload's steps with 5 % of warmup
# and a cosine; `--kinds Muon,SOAP` gives others the same trials.  The trials go to trials.jsonl, a line each.
import "tuned.gd"
import "workloads.gd"

## the workloads, or all
let only = option("workload", "")
## what is tuned
let kinds = option("kinds", "AdamW,NAdam,Nesterov,HeavyBall")
## trials of each
let trials = option("trials", 20)
## where the trials go
let path = option("out", "trials.jsonl")

for name in if only == "" { workloads.names } else { split(only, ",") } {
  let work = workloads.workload(name)
  for kind in split(kinds, ",") {
    for k in 1..trials {
      seed(1000 + k)
      let (rate, momentum, decay) = tuned.drawn(kind, rand(3))
      let settings = "\"lr\": {rate:.6f}, \"momentum\": {momentum:.4f}, \"decay\": {decay:.6f}"
      let r = workloads.run(work, tuned.made(kind, rate, momentum, decay, work.steps), 1, work.steps, -inf)
      let shown = [if isfinite(x) { "{x:.6g}" } else { "null" } for x in r.looks]
      let last = "null"
      for x in shown { if not r.diverged { last = x } }
      let looks = join(shown, ", ")
      append(path, "{{\"workload\": \"{name}\", \"optimizer\": \"{kind}\", \"trial\": {k}, {settings}, \"last\": {last}, \"looks\": [{looks}]}}\n")
    }
  }
}
