# The storage of a domain in bf16, as another program may write it, is read in f32.  Here 3 and 0.746, whose bytes are
# @@ and ??.
# args: {tmp}
model Mix(n) { param w: simplex = ones(n) / n }
let path = "{args[0]}/mix.safetensors"
let net = """"gd.net":"{{\\"own\\":true,\\"call\\":\\"Mix\\",\\"args\\":[2]}}","gd.domain.w":"simplex\""""
let head = """{{"__metadata__":{{"format":"gd",{net}}},"w":{{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}}}"""
write(path, "\u{8}\u{1}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{head:<264}@@??")
let made = load(path)
print("{made.w:.3f}", dtype(made.w))                    # expect: [0.905, 0.095] f32
let read = safetensors(path)["w"]
print("{read:.3f}", dtype(read))                        # expect: [0.905, 0.095] f32
let given = Mix(2)
load(given, path)
print(all(given.w == made.w), all(given.w == read))     # expect: true true
save(made, path)
print(all(load(path).w == made.w))                      # expect: true
