# Both slips of a call of PyTorch are told at once.
let o = torch.optim.Adam(lr=0.1)   # expect error: standard names need no module: `Adam(lr: 0.01)`
# status: 65
