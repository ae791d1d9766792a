# Schedules: each returns a function of the step number, which counts from 0, to be passed as a hyperparameter:
# `Adam(lr: cosine(1e-3, steps: 5000))`. After its last step a schedule keeps its last value. A setting out of range is
# an error where the schedule is created; the optimizer checks the range of the values.

## The same value at every step.
##
##     print(constant(0.1)(7))   # expect: 0.1
fn constant(value) = fn(t) = value

## Multiplies the value by `factor` after every `every` steps: `start factor^floor(t / every)`.
##
##     let rate = step_decay(1, every: 10, factor: 0.5)
##     print(rate(9), rate(10), rate(25))   # expect: 1 0.5 0.25
fn step_decay(start, every, factor = 0.1) {
  _least("step_decay", "every", every, 1)
  _least("step_decay", "factor", factor, 0)
  fn(t) = start * factor^floor(t / every)
}

## Exponential decay: `start factor^(t / steps)`, a factor of `factor` over every `steps` steps.
##
##     print(exponential(1, 0.25, steps: 2)(1))   # expect: 0.5
fn exponential(start, factor, steps = 1) {
  _least("exponential", "steps", steps, 1)
  _least("exponential", "factor", factor, 0)
  fn(t) = start * factor^(t / steps)
}

## Polynomial decay from `start` to `end` in `steps` steps: `end + (start - end) (1 - t / steps)^power`.
##
##     let rate = polynomial(1, steps: 4)
##     print(rate(0), rate(1), rate(9))   # expect: 1 0.75 0
fn polynomial(start, steps, power = 1, end = 0) {
  _least("polynomial", "steps", steps, 1)
  _least("polynomial", "power", power, 0)
  fn(t) = end + (start - end) * (1 - _upto(t, steps) / steps)^power
}

## `start / (1 + decay t / steps)`, the classic rate of stochastic approximation (Robbins and Monro, 1951).
##
##     print(inverse_time(1, decay: 1)(3))   # expect: 0.25
fn inverse_time(start, decay, steps = 1) {
  _least("inverse_time", "steps", steps, 1)
  _least("inverse_time", "decay", decay, 0)
  fn(t) = start / (1 + decay * t / steps)
}

## Cosine decay from `peak` to `end` in `steps` steps: half a period of a cosine (Loshchilov and Hutter, "SGDR", 2017,
## equation 5).
##
##     let rate = cosine(1, steps: 10)
##     print(rate(0), "{rate(5):.3f}", rate(10), rate(99))   # expect: 1 0.500 0 0
fn cosine(peak, steps, end = 0) {
  _least("cosine", "steps", steps, 1)
  fn(t) = _half_cosine(peak, end, _upto(t, steps) / steps)
}

## Cosine decay with restarts: the first cycle takes `steps` steps, and each later one `factor` times as many as the one
## before ("SGDR", 2017).
##
##     let rate = cosine_restarts(1, steps: 4, factor: 2)
##     print(rate(0), rate(4), "{rate(8):.3f}", rate(12))   # expect: 1 1 0.500 1
fn cosine_restarts(peak, steps, factor = 1, end = 0) {
  _least("cosine_restarts", "steps", steps, 1)
  _least("cosine_restarts", "factor", factor, 1)
  fn(t) {
    let at = t
    let length = steps
    while at >= length {
      # With equal lengths the place in the last one is a remainder; no need to walk there.
      if factor == 1 { at = at % length } else { at = at - length; length = length * factor }
    }
    _half_cosine(peak, end, at / length)
  }
}

## Triangular cycles: linear from `low` to `high` in `half` steps, linear back to `low` in `half` steps, and so on
## (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, the triangular policy).
##
##     let rate = cyclic(0, 1, half: 4)
##     print(rate(0), rate(2), rate(4), rate(6), rate(8))   # expect: 0 0.5 1 0.5 0
fn cyclic(low, high, half) {
  _least("cyclic", "half", half, 1)
  fn(t) = high - (high - low) * _size(t % (2 * half) / half - 1)
}

## One rise from `peak / rise_from` and one fall to a ten thousandth of that, both half cosines, over `steps` steps.
## `rise` is the fraction of the steps that rises: the peak is at step `rise steps - 1`, the end at `steps - 1` (Smith
## and Topin, "Super-Convergence", 2018; shape, ends and defaults as PyTorch's OneCycleLR).
##
##     let rate = one_cycle(1, steps: 10)
##     print("{rate(0):.2f} {rate(1):.2f} {rate(2):.2f} {rate(9):.6f}")   # expect: 0.04 0.52 1.00 0.000004
fn one_cycle(peak, steps, rise = 0.3, rise_from = 25) {
  _least("one_cycle", "steps", steps, 1)
  _least("one_cycle", "rise_from", rise_from, 1)
  if not (rise >= 0 and rise < 1) { error("one_cycle: `rise` is the part of the steps that goes up, from 0 to below 1, this is {rise}") }
  let top = rise * steps - 1
  let low = peak / rise_from
  fn(t) = if t <= top and top > 0 { _half_cosine(low, peak, t / top) } else if t <= top { peak } else { _half_cosine(peak, low / 1e4, _upto((t - top) / (steps - 1 - top), 1)) }
}

## From `ends` linearly to `peak` during the fraction `rise` of the steps, then linearly back at the end (Defazio et al.,
## "Optimal Linear Decay Learning Rate Schedules and Further Refinements", 2023, with `ends` 0). Before step `from` the
## value is `ends`. `lr: auto` uses this schedule for the rate and, the other way up, for the momentum.
##
##     let rate = rise_and_fall(1, steps: 10, rise: 0.2)
##     print(rate(0), rate(1), rate(2), rate(6), rate(10))   # expect: 0.5 1 1 0.5 0
##     print(rise_and_fall(0.5, steps: 10, ends: 1)(5))   # expect: 0.75
fn rise_and_fall(peak, steps, rise = 0.05, from = 0, ends = 0) {
  _least("rise_and_fall", "steps", steps, 1)
  if not (rise >= 0 and rise < 1) { error("rise_and_fall: `rise` is the part of the steps that goes up, from 0 to below 1, this is {rise}") }
  let up = floor(rise * steps)
  fn(t) = ends + (peak - ends) * (if t < from { 0 } else if t - from < up { (t - from + 1) / up } else { 1 - _upto(t - from - up, steps - up) / (steps - up) })
}

## Linear warmup: `n` equal steps up to the first value of `schedule` (a schedule or a number), which then starts.
##
##     let rate = warmup(4, cosine(1, steps: 10))
##     print(rate(0), rate(3), rate(4), rate(14))   # expect: 0.25 1 1 0
fn warmup(n, schedule) {
  _least("warmup", "n", n, 0)
  let varies = type(schedule) == "function"
  fn(t) {
    let first = if varies { schedule(0) } else { schedule }
    if t < n { first * (t + 1) / n } else if varies { schedule(t - n) } else { first }
  }
}

## Constant pieces: `start`, then a new value from each given step on: `piecewise(0.1, (1000, 0.01), (2000, 0.001))`.
## The steps must increase.
##
##     let rate = piecewise(1, (10, 0.5), (20, 0.25))
##     print(rate(0), rate(10), rate(19), rate(20))   # expect: 1 0.5 0.5 0.25
fn piecewise(start, changes...) {
  if rank(start) > 0 { error("piecewise: the first argument is the value at the beginning, this is {start}; then come pairs (step, value)") }
  let last = -1
  for change in changes {
    if type(change) != "tuple" or len(change) != 2 { error("piecewise: after the first value come pairs (step, value), as in piecewise(0.1, (1000, 0.01)), this is {change}") }
  }
  for (step, _) in changes {
    if not (step > last) { error("piecewise: the steps must rise, {step} comes after {last}") }
    last = step
  }
  fn(t) {
    let value = start
    for (step, next) in changes {
      if t >= step { value = next }
    }
    value
  }
}

## Multiplies `start` (a number or a schedule) by `factor` each time val_loss (the loss if there is no `validate:`) has
## not improved on its lowest value for `patience` epochs. After a reduction it waits again. The value does not fall
## below `least`. A second training continues with the last value.
##
##     let w = param(1)
##     let o = GD(lr: on_plateau(1, patience: 2))
##     train w { loss: 0 * w; optimizer: o; steps: 6; quiet: true }
##     print(o.lr(0))   # expect: 0.25
fn on_plateau(start, patience = 5, factor = 0.5, least = 0) {
  _least("on_plateau", "patience", patience, 1)
  if not (factor > 0 and factor < 1) { error("on_plateau: `factor` must be between 0 and 1, this is {factor}") }
  let varies = type(start) == "function"
  let (share, best, since, seen) = (1, inf, 0, 0)
  fn(t) {
    let losses = epoch_losses()
    if len(losses) < seen { seen = 0 }   # another training
    for i in seen..len(losses) - 1 {
      if losses[i] < best { best = number(losses[i]); since = 0 } else { since = since + 1 }
      if since >= patience { share = share * factor; since = 0 }
    }
    seen = len(losses)
    let rate = share * (if varies { start(t) } else { start })
    if rate < least { least } else { rate }
  }
}

# A setting below what it may be, or NaN.
fn _least(name, setting, value, least) {
  if not (value >= least) { error("{name}: `{setting}` must be at least {least}, this is {value}") }
}

fn _upto(t, most) = if t < most { t } else { most }

fn _size(x) = if x < 0 { -x } else { x }

# From `a` at 0 to `b` at 1 along half a cosine.
fn _half_cosine(a, b, part) = b + (a - b) * (1 + cos(pi * part)) / 2
