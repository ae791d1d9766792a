print(shape(Dense(3, 2)(zeros(5, 4, 3))), shape(Embedding(9, 4)(zeros(5, 2))))      # expect: (5, 4, 2) (5, 2, 4)
print(shape(Conv2d(1, 4, 3)(zeros(2, 1, 8, 8))), shape(Conv1d(3, 5, 2)(zeros(2, 6, 3))))   # expect: (2, 4, 6, 6) (2, 5, 5)
print(shape(MaxPool2d(2)(zeros(1, 2, 6, 6))), shape(AvgPool2d(3, stride: 1)(zeros(1, 2, 6, 6))))   # expect: (1, 2, 3, 3) (1, 2, 4, 4)
print(shape(LayerNorm(4)(zeros(2, 4))), shape(GroupNorm(2, 4)(zeros(2, 4, 3, 3))), shape(RMSNorm(3)(zeros(3))))   # expect: (2, 4) (2, 4, 3, 3) (3,)
print(count(Dense(3, 2)), count(Dense(3, 2, bias: false)), count(Conv2d(2, 4, 3)))   # expect: 8 6 76
