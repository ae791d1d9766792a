# Two updates of one model for one of another: written twice, or in a loop without train.
fn fresh() = (param(1), param(1), GD(lr: 0.25))
let data = dataset(ones(8, 4))
let (d, g, o) = fresh()
train on (x) in data {
  update d { loss: mean(x) * d^2; optimizer: o }
  update d { loss: mean(x) * d^2; optimizer: o }
  update g { loss: mean(x) * g^2; optimizer: o }
  batch: 4
  epochs: 1
  quiet: true
}
print(d, g)   # expect: 0.0625 0.25
(d, g, o) = fresh()
for x in batches(data, 4) {
  for i in 1..2 { update d { loss: mean(x) * d^2; optimizer: o } }
  update g { loss: mean(x) * g^2; optimizer: o }
}
print(d, g)   # expect: 0.0625 0.25
