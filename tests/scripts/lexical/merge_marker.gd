# status: 65
let a = 1
<<<<<<< HEAD   # expect error: merge conflict
let b = 2
