# Weights of another program as a dict, joined and cut on the way; what does not fit is told, and nothing half loaded.
# args: {tmp}
model Other() {
  param both = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
  param in_ = [1, 2]
  param out_ = [10, 20]
}
save(Other(), "{args[0]}/other.safetensors")
let w = safetensors("{args[0]}/other.safetensors")
print(keys(w))   # expect: ["both", "in_", "out_"]
model Net() {
  let (first, second) = (Dense(3, 2), Dense(3, 2))
}
let net = Net()
let d = dict(("first.W", w["both"][:, :2]), ("second.W", w["both"][:, 2:]), ("first.b", w["in_"] + w["out_"]), ("second.b", zeros(2)))
load(net, d)
print(copy(net.second.W), copy(net.first.b))   # expect: [[3, 4], [7, 8], [11, 12]] [11, 22]
d["first.W"] = 2 * d["first.W"]
d["second.W"] = d["second.W"]'
let told = attempt(fn() = load(net, d))
print(told.error, net.first.W[0, 0])   # expect: the dict does not hold this model 1
load(net, remove(d, "second.W"), strict: false)   # expect stderr: the dict fills 3 of the 4 parts of this model
# expect stderr: second.W is not in the dict
print(net.first.W[0, 0], net.second.W[0, 0])   # expect: 2 3
load(net, dict((1, [2])))   # expect error: the keys of the dict must be names of parts
