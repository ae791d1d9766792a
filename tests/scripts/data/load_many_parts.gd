# args: {tmp}
# A saved net is loaded by its file alone, however many parts it has.
let path = "{args[0]}/n.safetensors"
save(chain([Dense(4, 4) for i in 1..1500]...), path)
print(count(load(path)))                # expect: 30000
let deep = chain([chain(chain(Dense(2, 2), tanh), relu) for i in 1..900]...)
save(deep, path)
print(all(load(path)([[1, 2]]) == deep([[1, 2]])))    # expect: true
