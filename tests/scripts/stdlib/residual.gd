# x + part(x), and a projection where the part changes the shape.
print(Residual(fn(x) = 3 * x)([1, 2]))                                           # expect: [4, 8]
let net = Residual(chain(Conv2d(2, 4, 3, stride: 2, padding: 1), relu), project: Conv2d(2, 4, 1, stride: 2))
print(shape(net(ones(1, 2, 6, 6))), count(net))                                  # expect: (1, 4, 3, 3) 88
print(shape(net.part.parts.0.kernel), shape(net.project.kernel))                 # expect: (4, 2, 3, 3) (4, 2, 1, 1)
let narrow = Residual(Dense(3, 4))                                               # expect error: the part gives [2, 4], what it is added to is [2, 3]
narrow(zeros(2, 3))
