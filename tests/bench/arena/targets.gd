# What the trials say: a workload's target, and the trials that came there first.
let baselines = ["AdamW", "NAdam", "Nesterov", "HeavyBall"]
let trials = jsonl("{here}/trials.jsonl")

fn least_of(looks) = min(concat([l for l in looks if l != none], [inf]))

fn reached(looks, every, target) {
  for (k, now) in enumerate(looks) {
    if now != none and now <= target { return every * (k + 1) }
  }
  inf
}

# The target, 1.1 times the second least of what the baselines came down to, so that two of them reach it however the held-out loss jumps;
# and for each kind that was tuned the least steps in which one of its trials was there.
fn of(name, every) {
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

# The trials of a kind that reached the target, the fastest first, of equal ones that with the lower loss.
fn fastest(name, kind, every, target) {
  let mine = filter(trials, fn(t) = t.workload == name and t.optimizer == kind and reached(t.looks, every, target) < inf)
  if len(mine) == 0 { return [] }
  let order = argsort(tensor([reached(t.looks, every, target) + least_of(t.looks) / target / 10 for t in mine]))
  [mine[i] for i in order]
}
