let l = nn.Linear(2, 3)   # expect error: in gd, `Linear` is called `Dense`
