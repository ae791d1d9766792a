# A race's report is the page of its winner, with the standings.
# args: {tmp}
seed(1)
let w = param(3)
let path = "{args[0]}/race.html"
let r = race w { loss: w^2; optimizers: (slow: GD(lr: 0.01), fast: GD(lr: 0.3)); steps: 20; report: path; quiet: true }
let page = read(path)
print(find(page, "\"entry\":\"fast\"") != none, find(page, "\"race\":[[\"slow\",") != none)   # expect: true true
