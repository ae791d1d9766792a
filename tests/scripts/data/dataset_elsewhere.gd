# Fields and methods that data sets of other tools have are told as what stands here for them.
let d = dataset([[1, 2]], [3])
fn told(f) = attempt(f).error
print("has no field `shape`" in told(fn() = d.shape))            # expect: true
print("indexed by row" in told(fn() = d[["a", "b"]]))            # expect: true
d.head()                                                         # expect error: in gd, `head` is called `head(d)`
