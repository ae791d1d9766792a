fn double(x) = 2 * x
let answer = 42
test "double" { assert(double(2) == 4) }
