# A training with a checkpoint: two epochs are there, it is taken up and goes on to four, and the model is saved.
seed(9)
let net = chain(Dense(2, 3), tanh, Dense(3, 1))
let x = normal(24, 2)
let h = train net on (a, b) in dataset(x, sum(x, axis: 1, keep: true)) {
  loss: mse(net(a), b); optimizer: Adam(0.05); epochs: number(args[0]); batch: 8; quiet: true
  checkpoint: "run.ckpt"; resume: true
}
save(net, "net.safetensors")
print(h.loss)
