print(torch.nn.functional.relu([1]))   # expect error: standard names need no module: `relu`
