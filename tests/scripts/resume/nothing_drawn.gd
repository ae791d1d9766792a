# only a training that shuffles or draws takes a number of the seed
fn fit(n, batch) {
  let w = param(1)
  let d = dataset(ones(4), ones(4))
  if batch == 0 { train w on (x, y) in d { loss: mse(w * x, y); optimizer: GD(lr: 0.1); steps: n; quiet: true } }
  else { train w on (x, y) in d { loss: mse(w * x, y); optimizer: GD(lr: 0.1); steps: n; batch: batch; quiet: true } }
}
fn noisy() { let w = param(1); train w { loss: (w + rand())^2; optimizer: GD(lr: 0.1); steps: 3; quiet: true } }
seed(5); let zeroth = rand()
seed(5); fit(3, 0); print(rand() == zeroth)     # expect: true
seed(5); let _ = rand(); let one = rand()
seed(5); fit(3, 2); print(rand() == one)      # expect: true
seed(5); noisy(); print(rand() == one)        # expect: true
