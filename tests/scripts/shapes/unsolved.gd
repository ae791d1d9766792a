# An axis that no whole size of the name fits is told; so is a name that cannot be found from an expression.
fn glu(x: [N, 2*D]) -> [N, D] = x[:, 0::2]
print(attempt(fn() = glu(ones(3, 7))).error)   # expect: shapes do not fit: `x` of `glu` is declared [N, 2*D], f32[3, 7] is given: axis 1 is 7, and no whole `D` makes `2*D` that
fn sum_of(x: [A + B]) -> [A, B] = x[:1]
print(attempt(fn() = sum_of(ones(3))).error)   # expect: shapes do not fit: `x` of `sum_of` is declared [A + B], f32[3] is given: axis 0 is 3, and `B` cannot be found from `A + B`
fn square(x: [D * D]) -> [D] = x[:3]
square(ones(9))                                # expect error: axis 0 is 9, and `D` cannot be found from `D * D`
# expect stderr: an axis of a parameter must be `D` alone
