# args: {tmp}
# Tensors by name: what `npz`, `safetensors` and `csv` read back; of a history its columns by epoch.
let t = args[0]
save((a: [1, 2], b: i32([[3]]), c: zeros(0, 2)), "{t}/x.npz")
let x = npz("{t}/x.npz")
print(keys(x), x["a"], x["b"], dtype(x["b"]), shape(x["c"]))   # expect: ["a", "b", "c"] [1, 2] [[3]] i32 (0, 2)
save(dict(("é/1", list(1, 2.5))), "{t}/x.safetensors")
print(safetensors("{t}/x.safetensors")["é/1"])                # expect: [1, 2.5]
save(dict(("day", 1..2), ("a,b", [0.5, 7])), "{t}/x.csv")
print(lines("{t}/x.csv")[0])                                     # expect: day,"a,b"
let w = param(1)
let h = train w { loss: w^2; optimizer: GD(lr: 0.5); steps: 2; quiet: true }
save(h, "{t}/h.csv")
print(lines("{t}/h.csv")[0])                                   # expect: loss,step_loss,lr
fn refused(value, path) = print(attempt(fn() = save(value, "{t}/{path}")).error)
refused((a: [1, 2], b: [1]), "x.csv")    # expect: the columns of a CSV file are tensors [N] of one length: `b` is [1], the first has 2 rows
refused((a: [1], b: "x"), "x.npz")       # expect: `b` must be a tensor or a model, this is a string
refused(dict(("../a", [1])), "x.npz")    # expect ~ .*an entry's name has an empty part.*
refused(h, "h.json")                     # expect: JSON is not saved, but written
refused("text", "l.txt")                 # expect: a text is not saved, but written
refused(list(1, "a"), "l.csv")           # expect: a list has no names to save it by
