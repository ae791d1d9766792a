# args: {tmp}
# A net of library parts is made anew from its file; one with a function of the script says why not.
let path = "{args[0]}/n.safetensors"
let net = chain(Standardize([[1, 5], [3, 6]]), Residual(Dense(2, 2)), LayerNorm(2), relu, Dense(2, 3, bias: false), softmax)
save(net, path)
let again = load(path)
print(all(again([[2, 3], [4, 5]]) == net([[2, 3], [4, 5]])), count(again) == count(net))    # expect: true true
let words = Vocabulary("one two two", kind: "words")
save(words, path)
print(load(path).encode("two one"))     # expect: [1, 2]
save(chain(Dense(2, 2), fn(x) = 2 * x), path)
load(path)                              # expect error: it was made with the function `fn(…)`
