let y = EarlyStopping(patience: 3)   # expect error: stop: stalled(val_loss, 5)
