let a = ones(3, 4)
let b = ones(2, 3)
b @ a'   # expect error: the second would fit without its `'`
