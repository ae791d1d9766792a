# A stack of models comes back from its file alone, as a part of another net too.
# args: {tmp}
let d = moons(60, noise: 0.1)
let s = stack_models([chain(Standardize(f[0]), Dense(2, 1)) for f in folds(d, 3)])
save(s, "{args[0]}/stack.safetensors")
let k = load("{args[0]}/stack.safetensors")
fn outputs(nets) = vmap(fn(net) = net(d.x))(nets)
print(shape(k[1].W), all(outputs(k) == outputs(s)))   # expect: (3, 2, 1) true
save(chain(relu, k), "{args[0]}/part.safetensors")
let p = load("{args[0]}/part.safetensors")
print(all(p[1][1].W == s[1].W))   # expect: true
save(s[1], "{args[0]}/layer.safetensors")
print(shape(load("{args[0]}/layer.safetensors").b))   # expect: (3, 1)
save(stack_models([s, copy(s)]), "{args[0]}/stack.safetensors")
load("{args[0]}/stack.safetensors")   # expect error: it was made with stacks that stack_models stacked
