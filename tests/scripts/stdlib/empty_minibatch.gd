# A minibatch without rows goes through each norm; what does not fit is told.
for norm in [BatchNorm(4), LayerNorm(4), GroupNorm(2, 4), InstanceNorm(4)] { print(shape(norm(zeros(0, 5, 4)))) }
# expect: (0, 5, 4)
# expect: (0, 5, 4)
# expect: (0, 5, 4)
# expect: (0, 5, 4)
print(shape(GroupNorm(2, 4)(zeros(0, 4, 3, 3))), shape(InstanceNorm(4)(zeros(0, 4, 3, 3))))   # expect: (0, 4, 3, 3) (0, 4, 3, 3)
print(attempt(fn() = Positions(4, 2)(zeros(2))).error)   # expect: Positions: x is [2], it must be [.., T, 2]: this is Positions(4, 2), made here
print(attempt(fn() = Conv2d(1, 1, 3, padding: "full")(zeros(1, 1, 5, 5))).error)   # expect: the padding is a number, numbers, "same" or "valid": this is Conv2d(1, 1, 3), made here
