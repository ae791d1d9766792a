# A statement among the clauses of a train is told where it can stand, and a loop around `update` what is written instead.
let (d, g, data) = (param(1), param(2), dataset(randn(8, 4)))
let o = GD(lr: 0.1)
train d, g on (x) in data {
  for i in 1..5 { update d { loss: mean(x) * d^2; optimizer: o } }   # expect error: `for x in batches(data, 32) { update D { … } }`
  update g { loss: g^2; optimizer: o }
  if d > 1 { break }                                                 # expect error: statements stand in `each_step: { … }`
  print(d)                                                           # expect error: statements stand in `each_step: { … }`
  batch: 4
}
# status: 65
