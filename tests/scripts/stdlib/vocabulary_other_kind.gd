# `load` fills a table by its shape: one of another kind is noticed when it is used.
# args: {tmp}
let path = "{args[0]}/p.safetensors"
save(Vocabulary("low low lower", kind: "pairs", size: 270), path)
let c = Vocabulary("", size: 270)
load(c, path)
print(attempt(fn() = c.decode([1])).error)   # expect: this vocabulary has the kind "characters", but its table was loaded from one of the kind "pairs"
let (pairs, letters) = (Vocabulary("", kind: "pairs", size: 270), Vocabulary("abc", size: 270))
load(pairs, dict(("table", letters.table)))
pairs.encode("low")                          # expect error: has the kind "pairs", but its table was loaded from one of the kind "characters"
# status: 1
