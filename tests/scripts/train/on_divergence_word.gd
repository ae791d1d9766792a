let w = param(1)
train w { loss: w^2; optimizer: SGD(lr: 0.1); steps: 1; on_divergence: "halt" }    # expect error: "error", "stop" or "back_off"
