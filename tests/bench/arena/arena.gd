# The arena: every optimizer of the library at its defaults on eight workloads, against baselines that were tuned (trials.gd).
# Printed is, by workload, the steps to the target beside those of the best tuned baseline: the mean over seeds and their spread, or how
# many seeds came there where not all did.  A run is cut at three times the baseline's steps.
import "workloads.gd"

## the optimizer, or all
let only = option("optimizer", "")
## the workloads, or all
let wanted = option("workload", "")
## seeds of each
let seeds = option("seeds", 3)
## the trials that set the targets
let path = option("trials", "{here}/trials.jsonl")

let baselines = ["AdamW", "NAdam", "Nesterov", "HeavyBall"]

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

let trials = jsonl(path)

fn reached(looks, every, target) {
  for (k, now) in enumerate(looks) {
    if now != none and now <= target { return every * (k + 1) }
  }
  inf
}

fn least_of(looks) = min(concat([l for l in looks if l != none], [inf]))

# The target, 1.1 times the second least of what the baselines came down to, so that two of them reach it however the held-out loss jumps;
# and for each kind that was tuned the least steps in which one of its trials was there.
fn baseline(name, every) {
  let mine = filter(trials, fn(t) = t.workload == name)
  let least = [min([least_of(t.looks) for t in mine if t.optimizer == kind]) for kind in baselines]
  let target = 1.1 * sort(least)[1]
  let steps = dict()
  for t in mine {
    let now = reached(t.looks, every, target)
    steps[t.optimizer] = minimum(now, get(steps, t.optimizer, inf))
  }
  (number(target), steps)
}

fn shown(steps, best) {
  let there = [s / best for s in steps if s != none]
  if len(there) == 0 { return "-" }
  if len(there) < len(steps) { return "{len(there)} of {len(steps)}" }
  if len(there) == 1 { "{there[0]:.2f}" } else { "{mean(there):.2f} ± {std(there, ddof: 1):.2f}" }
}

let places = if wanted == "" { workloads.names } else { split(wanted, ",") }
let works = [(name, workloads.workload(name)) for name in places]
let rows = [(name, work, baseline(name, work.every)) for (name, work) in works]
let kinds = []
for t in trials {
  if not (t.optimizer in kinds) { kinds = push(kinds, t.optimizer) }
}
print("| workload | target | {join(kinds, " | ")} |")
for (name, _, (target, steps)) in rows { print("| {name} | {target:.4g} | {join([str(get(steps, kind, "-")) for kind in kinds], " | ")} |") }
print("")
print("| optimizer | {join(places, " | ")} |")
for (name, make) in optimizers {
  if only != "" and only != name { continue }
  let cells = []
  for (_, work, (target, steps)) in rows {
    let best = min([steps[b] for b in baselines])
    let runs = [workloads.run(work, make(), k, 3 * best, target) for k in 1..seeds]
    cells = push(cells, shown([r.reached for r in runs], best) + (if any([r.diverged for r in runs]) { " !" } else { "" }))
  }
  print("| {name} | {join(cells, " | ")} |")
}
