# A name whose first axis is an expression gets the size for which the expression fits, where it is linear in the name.
fn glu(x: [N, 2*D]) -> [N, D] = x[:, 0::2]
print(shape(glu(ones(3, 8))))             # expect: (3, 4)
fn windows(x: [N + 1], y: [(N - 1) / 2]) -> [N] = x[1:]
print(shape(windows(ones(4), ones(1))))   # expect: (3,)
fn pooled(x: [.., H / 2], y: [H]) = shape(y)[0] - shape(x)[-1]
print(pooled(ones(2, 3), ones(6)))        # expect: 3
fn two(y: [2 * A], x: [A + B]) -> [B, A] = x[2:]
two(ones(4), ones(5))                     # expect error: the result of `two` is declared [B, A], it is f32[3]
