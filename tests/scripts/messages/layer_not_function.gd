# Of a layer and a function whose names differ in case alone, the first letter says which is meant.
let a = Conv2D(3, 4, 3)   # expect error: did you mean `Conv2d`?
let b = MaxPool1D(2)   # expect error: did you mean `MaxPool1d`?
let c = conv2D(1, 2)   # expect error: did you mean `conv2d`?
let d = nn.Identity()   # expect error: a part that leaves x as it is: `fn(x) = x`
let e = tf.constant(3)   # expect error: a bracket of numbers is a tensor
