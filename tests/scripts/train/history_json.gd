# args: {tmp}
# JSON has no NaN: null in a history, as in `log:`, and an error elsewhere unless it is asked for.
let w = param(1)
let d = dataset([1, 2])
let h = train w on x in d {
  loss: mean((w - x)^2)
  optimizer: GD(lr: 0.1)
  epochs: 2
  metrics: (odd: where(w > 1, 0 / 0, w) + 0 * mean(x))
  quiet: true
}
write("{args[0]}/h.json", to_json(list(h)))
print(h.odd, json("{args[0]}/h.json")[0].odd)           # expect: [1, nan] [1, none]
print(to_json(h.odd, nan: "null"))                      # expect: [1, null]
print(to_json(dict(a: 1 / 0), nan: "null"))             # expect: {"a": null}
print(to_json(dict(a: h.odd)))                          # expect error: to_json(x, nan: "null") writes null
