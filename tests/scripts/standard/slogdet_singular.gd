# Its gradient is the inverse, which there is none of.
fn volume(a) = slogdet(a).1   # expect error: the matrix is singular (pivot 2 is 0)
print(grad(volume)([[1, 2], [2, 4]]))
