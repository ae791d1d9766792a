# What is tuned: settings drawn log-uniformly, and the optimizer of a setting, with 5 % of warmup and a cosine.

fn between(u, low, high) = low * (high / low)^u

# Rate, momentum and weight decay from three numbers between 0 and 1.  Muon and SOAP have ten times the decay, and so has "Decayed", AdamW for
# comparison with them.
fn drawn(kind, u) {
  let rate = if kind in ["Nesterov", "HeavyBall"] { between(u[0], 3e-3, 1.5) } else if kind == "Muon" { between(u[0], 3e-3, 0.3) } else { between(u[0], 3e-4, 5e-2) }
  let most = if kind in ["Muon", "SOAP", "Decayed"] { 1 } else { 0.1 }
  (rate, 1 - between(u[1], 0.03, 0.3), between(u[2], 1e-3 * most, most))
}

fn made(kind, rate, momentum, decay, steps) {
  fn falling(rate) = warmup(floor(0.05 * steps), cosine(rate, steps: steps))
  let schedule = falling(rate)
  if kind in ["AdamW", "Decayed"] { AdamW(lr: schedule, beta1: momentum, weight_decay: decay) }
  else if kind == "NAdam" { NAdam(lr: schedule, beta1: momentum, weight_decay: decay, decay: "matrices") }
  else if kind == "Muon" { Muon(lr: schedule, momentum: momentum, weight_decay: decay, adam: falling(0.3 * rate)) }
  else if kind == "SOAP" { SOAP(lr: schedule, beta1: momentum, weight_decay: decay) }
  else { SGD(lr: schedule, momentum: momentum, nesterov: kind == "Nesterov", weight_decay: 0.01 * decay) }
}
