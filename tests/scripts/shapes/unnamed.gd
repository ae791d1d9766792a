# A size that is never an axis alone has no name.
fn pairs(x: [N, 2*D]) = reshape(x, shape(x)[0], -1, 2)   # expect error: a size has its name from an axis that is the name alone
