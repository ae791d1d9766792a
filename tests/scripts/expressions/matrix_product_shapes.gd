let a = ones(2, 3)
let b = a @ a   # expect error: [2, 3] @ [2, 3]
