# Runs the fastest trials of each kind again, over seeds: three settings of each, of which the one with the least mean stays; with `--again`
# that one is run from so many other seeds, and these are told.
# The runs go to baselines.jsonl, a line for each workload and kind.
import "targets.gd"
import "tuned.gd"
import "workloads.gd"

## the workloads, or all
let only = option("workload", "")
## what was tuned
let kinds = option("kinds", "AdamW,NAdam,Nesterov,HeavyBall")
## runs of each setting
let seeds = option("seeds", 3)
## settings of each kind
let settings = option("settings", 3)
## runs of the setting that stays, from seeds 101 on
let again = option("again", 0)
## steps between two looks; 0: the workload's
let every = option("every", 0)
## where the runs go
let path = option("out", "baselines.jsonl")

for name in if only == "" { workloads.names } else { split(only, ",") } {
  let work = workloads.workload(name)
  if every > 0 { work = (make: work.make, seen: work.seen, held: work.held, loss: work.loss, batch: work.batch, steps: work.steps, every: every) }
  let (target, _) = targets.of(name, 10)
  fn steps_of(kind, trial, first, count) =
    [workloads.run(work, tuned.made(kind, trial.lr, trial.momentum, trial.decay, work.steps), k, work.steps, target).reached for k in first..first + count - 1]
  for kind in split(kinds, ",") {
    let mine = targets.fastest(name, kind, 10, target)
    let (best, there, found) = (inf, [], none)
    for trial in mine[0:minimum(settings, len(mine))] {
      let steps = steps_of(kind, trial, 1, seeds)
      let now = mean(tensor([if s == none { work.steps } else { s } for s in steps]))   # what did not come there counts as the whole
      if now <= best { (best, there, found) = (now, steps, trial) }
    }
    if found == none { continue }
    if again > 0 { there = steps_of(kind, found, 101, again) }
    let shown = join([if s == none { "null" } else { str(s) } for s in there], ", ")
    append(path, "{{\"workload\": \"{name}\", \"optimizer\": \"{kind}\", \"trial\": {found.trial}, \"lr\": {found.lr}, \"steps\": [{shown}]}}\n")
  }
}
