# args: {tmp}
let path = "{args[0]}/j.json"
write(path, to_json((a: 1, b: [1, 2], c: "x")))
let v = json(path)
print(v.a, v.b, v.c)   # expect: 1 [1, 2] x
