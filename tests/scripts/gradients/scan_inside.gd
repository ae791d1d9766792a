# An error of the step is told at its line, in a recording too.
fn body(s, x) = (s + x, s @ x)                                     # expect error: shapes do not fit
grad(fn(w) = sum(scan(body, w, zeros(9, 3)).1))(ones(2))
