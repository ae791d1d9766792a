# The arena: every optimizer of the library at its defaults on eight workloads, against baselines that were tuned (trials.gd, baselines.gd).
# Printed is, by workload, the steps to the target beside those of the best tuned baseline, the mean over seeds and their spread, or how
# many seeds came there where not all did.  A run is cut at three times the baseline's steps.
import "targets.gd"
import "workloads.gd"

## the optimizer, or all
let only = option("optimizer", "")
## the workloads, or all
let wanted = option("workload", "")
## seeds of each
let seeds = option("seeds", 3)
## the fastest tuned settings, run over seeds
let path = option("baselines", "{here}/baselines.jsonl")
let tuned = jsonl(path)

let optimizers = dict(
  ("AdamW(lr: auto)", fn() = AdamW(lr: auto)), ("GD", fn() = GD()), ("SGD", fn() = SGD()), ("SGD, momentum", fn() = SGD(momentum: 0.9)),
  ("Adagrad", fn() = Adagrad()), ("Adadelta", fn() = Adadelta()), ("RMSprop", fn() = RMSprop()), ("Adam", fn() = Adam()),
  ("AdamW", fn() = AdamW()), ("AMSGrad", fn() = AMSGrad()), ("Adamax", fn() = Adamax()), ("NAdam", fn() = NAdam()), ("RAdam", fn() = RAdam()),
  ("AdaBelief", fn() = AdaBelief()), ("ADOPT", fn() = ADOPT()), ("AdEMAMix", fn() = AdEMAMix()), ("Lion", fn() = Lion()),
  ("LAMB", fn() = LAMB()), ("LARS", fn() = LARS()), ("Adafactor", fn() = Adafactor()), ("Muon", fn() = Muon()), ("SOAP", fn() = SOAP()),
  ("Shampoo", fn() = Shampoo()), ("KFAC", fn() = KFAC()), ("Rprop", fn() = Rprop()), ("SignSGD", fn() = SignSGD()), ("ASGD", fn() = ASGD()),
  ("Prodigy", fn() = Prodigy()), ("DAdaptation", fn() = DAdaptation()), ("DoG", fn() = DoG()), ("ScheduleFree", fn() = ScheduleFree()),
  ("Polyak", fn() = Polyak()), ("COCOB", fn() = COCOB()), ("Lookahead(Adam)", fn() = Lookahead(Adam())),
  ("Cautious(AdamW)", fn() = Cautious(AdamW())), ("Hyperball(AdamW)", fn() = Hyperball(AdamW())), ("SAM(AdamW)", fn() = SAM(AdamW())))

fn shown(steps, best) {
  let there = [s / best for s in steps if s != none]
  if len(there) == 0 { return "-" }
  if len(there) < len(steps) { return "{len(there)} of {len(steps)}" }
  if len(there) == 1 { "{there[0]:.2f}" } else { "{mean(there):.2f} ± {std(there, ddof: 1):.2f}" }
}

# Of the kinds that reached the target with every seed the least mean of their steps, and by kind what is shown.
fn baseline(name) {
  let (best, cells) = (inf, dict())
  for t in filter(tuned, fn(t) = t.workload == name) {
    let there = [s for s in t.steps if s != none]
    let whole = len(there) == len(t.steps)
    cells[t.optimizer] = if whole { "{mean(there):.0f} ± {std(there, ddof: 1):.0f}" } else { "{len(there)} of {len(t.steps)}" }
    if whole { best = minimum(best, number(mean(there))) }
  }
  (best, cells)
}

let places = if wanted == "" { workloads.names } else { split(wanted, ",") }
let works = [(name, workloads.workload(name)) for name in places]
let rows = [(name, work, targets.of(name, work.every)[0], baseline(name)) for (name, work) in works]
print("| workload | target | {join(targets.baselines, " | ")} |")
for (name, _, target, (_, cells)) in rows {
  print("| {name} | {target:.4g} | {join([get(cells, kind, "-") for kind in targets.baselines], " | ")} |")
}
print("")
print("| optimizer | {join(places, " | ")} |")
for (name, make) in optimizers {
  if only != "" and only != name { continue }
  let cells = []
  for (_, work, target, (best, _)) in rows {
    let runs = [workloads.run(work, make(), k, floor(3 * best), target) for k in 1..seeds]
    cells = push(cells, shown([r.reached for r in runs], best) + (if any([r.diverged for r in runs]) { " !" } else { "" }))
  }
  print("| {name} | {join(cells, " | ")} |")
}
