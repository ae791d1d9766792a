# Five of them, and how many there are besides.
fn down(n, x) = if n == 0 { x[9] } else { down(n - 1, x) }   # expect error: in `down`
let value = down(20, ones(3))                                # expect stderr: called from 16 more
# status: 1
