# What is tuned: settings drawn log-uniformly, and the optimizer of a setting, with 5 % of warmup and a cosine.

fn between(u, low, high) = low * (high / low)^u

# Rate, momentum and weight decay from three numbers between 0 and 1.
fn drawn(kind, u) {
  let rate = if kind in ["Nesterov", "HeavyBall"] { between(u[0], 3e-3, 1.5) } else if kind == "Muon" { between(u[0], 3e-3, 0.3) } else { between(u[0], 3e-4, 5e-2) }
  (rate, 1 - between(u[1], 0.03, 0.3), between(u[2], 1e-4, 1e-1))
}

fn made(kind, rate, momentum, decay, steps) {
  fn falling(rate) = warmup(floor(0.05 * steps), cosine(rate, steps: steps))
  let schedule = falling(rate)
  if kind == "AdamW" { AdamW(lr: schedule, beta1: momentum, weight_decay: decay) }
  else if kind == "NAdam" { NAdam(lr: schedule, beta1: momentum, weight_decay: decay, decay: "matrices") }
  else if kind == "Muon" { Muon(lr: schedule, momentum: momentum, weight_decay: decay, adam: falling(0.3 * rate)) }
  else if kind == "SOAP" { SOAP(lr: schedule, beta1: momentum, weight_decay: decay) }
  else { SGD(lr: schedule, momentum: momentum, nesterov: kind == "Nesterov", weight_decay: 0.01 * decay) }
}
