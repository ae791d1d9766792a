# what lies behind a domain is another value in another one
# args: {tmp}
# status: 65
model Plain() { param s = 0.5 }
model Scale() { param s: positive = 0.5 }
save(Scale(), "{args[0]}/s.safetensors")
load(Plain(), "{args[0]}/s.safetensors")   # expect error: s has no domain in the model, positive in the file
