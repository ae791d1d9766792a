# A tensor that is not wanted is not read: one of a type or with numbers that gd does not have hurts nobody.
# args: {tmp}
# status: 65
let path = "{args[0]}/f8.safetensors"
fn put(w, elements) = write(path, "x\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{w:<120}{elements}\u{0}\u{0}\u{0}@")
let net = Dense(1, 1)
fn bias(name) = if name == "W" { none } else { name }
put("{{\"W\":{{\"dtype\":\"F8_E4M3\",\"shape\":[1,1],\"data_offsets\":[0,1]}},\"b\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}}}", "A")
load(net, path, map: bias, strict: false)   # expect stderr: W is not in the file after `map:`
print(copy(net.b))                          # expect: [2]
print(attempt(fn() = load(net, path)).error)        # expect ~ .*byte 8: tensor "W": dtype F8_E4M3 cannot be read
print(attempt(fn() = safetensors(path)).error)      # expect ~ .*byte 8: tensor "W": dtype F8_E4M3 cannot be read
put("{{\"W\":{{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[0,8]}},\"b\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}}}", "\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}\u{0}\u{0}")
assign(net.b, [0])
load(net, path, map: bias, strict: false)   # expect stderr: W is not in the file
print(copy(net.b))                          # expect: [2]
load(net, path)                             # expect error: element 0 is 4294967296, which does not fit i32
