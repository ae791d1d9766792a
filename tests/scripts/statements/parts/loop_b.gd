import "loop_a.gd"
let b = 1
