Adam(weight_decay: 0.1)   # expect error: `Adam` has no parameter `weight_decay`
# expect stderr: `AdamW(lr: 1e-3, weight_decay: 0.01)`
