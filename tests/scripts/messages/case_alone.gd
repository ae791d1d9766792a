# A name that differs by case alone is offered, however short it is.
let (Y, x) = (1, 2)
print(y)                                # expect error: did you mean `Y`?
print(X)                                # expect error: case and `_` matter in names: `X` is not `x`
print(Softmax([1, 2]))                  # expect error: did you mean `softmax`?
# status: 65
