# A file that another program wrote: its names and shapes brought to those of the model; what fits alone.
# args: {tmp}
model Other() {
  param weight = [[1, 2, 3], [4, 5, 6]]
  param bias = [7, 8]
  param extra = [9]
}
save(Other(), "{args[0]}/other.safetensors")
let net = Dense(3, 2)
load(net, "{args[0]}/other.safetensors", map: fn(name, w) = if name == "weight" { ("W", w') } else if name == "bias" { "b" } else { none })
print(copy(net.W), copy(net.b))        # expect: [[1, 4], [2, 5], [3, 6]] [7, 8]
model Small() {
  param bias = [0, 0]
  param other = [1]
}
let small = Small()
load(small, "{args[0]}/other.safetensors", strict: false)   # expect stderr: fills 1 of the 2 parts of this model
# expect stderr: other is not in the file; weight is not in the model; extra is not in the model
print(copy(small.bias), copy(small.other))   # expect: [7, 8] [1]
save(net, "{args[0]}/net.safetensors")
let turned = Dense(2, 3)
load(turned, "{args[0]}/net.safetensors")   # expect error: does not hold this model
# expect stderr: W is [2, 3] in the model, [3, 2] in the file, its transpose: map: fn(name, w) = (name, w') turns it
