# Values by a key, in the order in which the keys came.
let d = dict(lr: 0.1, steps: 5)
d["name"] = "run 1"
d.lr = 0.2
d.steps *= 2
print(d, len(d), type(d))                       # expect: dict(lr: 0.2, steps: 10, name: "run 1") 3 dict
print(d["lr"], d.steps, keys(d), values(d))     # expect: 0.2 10 ["lr", "steps", "name"] [0.2, 10, "run 1"]
print("lr" in d, "rate" in d, [1] in d)         # expect: true false false
print(get(d, "rate", 7), get(d, "rate"), get(d, "lr", 7))    # expect: 7 none 0.2
print(remove(d, "lr"), remove(d, "rate") == d, len(d))       # expect: dict(steps: 10, name: "run 1") true 3
for (key, value) in dict(a: 1, b: "two") { print(key, value) }
# expect: a 1
# expect: b two
print(dict(a: 1, b: [2]) == dict(b: [2], a: 1), dict(a: 1) == dict(a: 2), dict() == none)    # expect: true false false
print([v^2 for (_, v) in dict(a: 2, b: 3)])     # expect: [4, 9]
