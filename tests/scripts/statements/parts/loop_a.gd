import "loop_b.gd"
let a = 1
