# What other tools call otherwise is answered with gd's word, where it is called or given.
let a = clip([3], 0, 1)                 # expect error: did you mean `clamp`?
let b = [1, 2] |> average               # expect error: did you mean `mean`?
let c = Linear(2, 3)                    # expect error: in gd, `Linear` is called `Dense`
let d = SGD(learning_rate: 0.1)         # expect error: did you mean `lr:`?
let e = sum([1, 2], keepdim: true)      # expect error: did you mean `keep:`?
let w = param(1)
train w { loss: w^2; batch_size: 3; lr: 2 }  # expect error: did you mean `batch:`?
# expect stderr: settings of the steps belong to the optimizer
# status: 65
