# One page that needs nothing beside it: curves, settings, the confusion matrix or residuals, the script with its costs, how to
# args: {tmp}
# make the run again.
seed(4)
let d = shuffle(moons(60, noise: 0.1))
let net = chain(Dense(2, 6), tanh, Dense(6, 2))
train net on (x, y) in d { loss: cross_entropy(net(x), y) + 1e-4 * l2(net); optimizer: Adam(lr: 0.05); epochs: 5; batch: 16; validate: d; metrics: (accuracy: accuracy(net(x), y)); report: "{args[0]}/run.html" }
let page = read("{args[0]}/run.html")
print(starts_with(page, "<!DOCTYPE html>"), len(page) < 1000000, "http://www.w3.org/2000/svg" in page, "<script src" in page or "<link rel=\"stylesheet" in page)   # expect: true true true false
let data = json(find_data(page))
fn find_data(text) { let rest = text[find(text, "id=\"DATA\">") + 10:]; write("{args[0]}/data.json", rest[0:find(rest, "</script>")]); "{args[0]}/data.json" }
print([(c.kind, c.name) for c in data.curves])   # expect: [("loss", "loss"), ("loss", "val_loss"), ("metric", "accuracy"), ("metric", "val_accuracy"), ("step", "loss")]
print(data.epochs, data.settings.lr, data.settings.optimizer, data.trained)   # expect: 5 0.05 Adam 32
print(sum(tensor(data.result.matrix)), data.result.of, len(data.result.wrong) <= 24)     # expect: 60 the validation data true
print("let net = chain" in data.code[5][0], data.code[6][1] > 0, starts_with(data.again.command, "gd "))   # expect: true true true
# numbers have residuals; a loss that cannot be read gives neither
let w = param([0.0, 0.0])
let line = line_data(30)
train w on (x, y) in line { loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: GD(lr: 0.1); epochs: 2; report: "{args[0]}/run.html" }
let fit = json(find_data(read("{args[0]}/run.html"))).result
print(fit.kind, len(fit.predicted), len(fit.wrong), fit.of)     # expect: numbers 30 24 the training data
train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 2; report: "{args[0]}/run.html" }
print("result" in json(find_data(read("{args[0]}/run.html"))))             # expect: false
