print(pad([1, 2], 1, mode: "edge", value: 3))   # expect error: `value:` is only for `mode: "constant"`
