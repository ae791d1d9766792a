# args: {tmp}
# What a saved net was made with comes back: long axes of a tensor without elements, and any string.
model Named(shift, name) {
  let inner = Dense(2, 2)
  fn forward(x) = inner(x)
}
save(Named(zeros(0, 5000), "a\u{0}b"), "{args[0]}/n.safetensors")
let net = load("{args[0]}/n.safetensors")
print(shape(net.shift), len(net.name), net.name == "a\u{0}b")    # expect: (0, 5000) 3 true
