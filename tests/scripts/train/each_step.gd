let w = param(2)
train w { loss: w^2; optimizer: GD(lr: 0.25); steps: 2; quiet: true; each_step: { print(step, loss, "{grad_norm:.1f}", lr) } }
# expect ~ \d 4 4\.0 0\.25
# expect ~ \d 1 2\.0 0\.25
