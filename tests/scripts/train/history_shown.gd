# Shown, a history is one line: epochs, loss first → last, metrics, time, why it stopped (section 9).
let w = param([3, 4])
let d = dataset(ones(6, 2), ones(6))
let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: GD(lr: 0.01); epochs: 2; batch: 3; validate: d; metrics: (far: rmse(x @ w, y)); quiet: true }
print(h)                # expect ~ 2 epochs \(4 steps\), loss [0-9.]+ → [0-9.]+, val_loss [0-9.]+ → [0-9.]+, far [0-9.]+ → [0-9.]+, val_far [0-9.]+ → [0-9.]+, [0-9.e-]+ s, stopped by epochs
print((a: h, b: 2))     # expect ~ \(a: history\(2 epochs .*\), b: 2\)
let one = train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 1; quiet: true }
print("{one}")          # expect ~ 1 epoch, loss [0-9.]+, [0-9.e-]+ s, stopped by steps
print(len(h.step_loss), h.stopped)   # expect: 4 epochs
