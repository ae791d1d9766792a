# What other tools have as members is told by the words of this one.
let x = [[1, 2], [3, 4]]
print(x.shape)   # expect error: a function comes before its argument: `shape(x)`
