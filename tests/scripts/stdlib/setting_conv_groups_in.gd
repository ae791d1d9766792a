let made = Conv2d(3, 4, 3, groups: 2)   # expect error: 3 inputs cannot be cut into 2 equal groups
