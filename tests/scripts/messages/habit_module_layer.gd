let l = nn.Linear(2, 3)   # expect error: what is `Linear` elsewhere is `Dense` here
