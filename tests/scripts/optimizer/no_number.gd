# A schedule that was not called, or a text, in the place of a number.
let w = param(1)
fn told(f) = print(attempt(f).error)
told(fn() = SGD(lr: cosine))             # expect: `lr` of SGD is a number or a schedule, this is a function
told(fn() = Adam(lr: "1e-3"))            # expect: `lr` of Adam is a number or a schedule, this is a string
told(fn() = AdamW(weight_decay: "0"))    # expect: `weight_decay` of AdamW is a number or a schedule, this is a string
SGD(lr: cosine)                          # expect error: this is a function
# expect stderr: a schedule is called with its numbers: `lr: cosine(1e-3, steps: 1000)`
