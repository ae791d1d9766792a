let d = dict(momentum: 0.9, lr: 0.1)
print(d["momentun"])    # expect error: did you mean `momentum`
