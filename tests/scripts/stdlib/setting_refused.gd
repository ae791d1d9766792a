# A setting without a meaning is refused where the layer is made, in the words of its own axes.
let why = fn(f) = attempt(f).error
print(why(fn() = ConvTranspose1d(2, 4, 3, stride: "a")))           # expect: ConvTranspose1d: the stride is one whole number of at least 1, not a
print(why(fn() = Conv2d(2, 4, 3, stride: (1, 2, 3))))              # expect: Conv2d: the stride is a whole number of at least 1, or two of them (height, width), not (1, 2, 3)
print(why(fn() = Conv1d(2, 4, 3, dilation: 0)))                    # expect: Conv1d: the dilation is one whole number of at least 1, not 0
print(why(fn() = AvgPool2d(2, stride: 0)))                         # expect: AvgPool2d: the stride is a whole number of at least 1, or two of them (height, width), not 0
print(why(fn() = MaxPool1d(2.5)))                                  # expect: MaxPool1d: the size is one whole number of at least 1, not 2.5
print(why(fn() = MaxPool1d(5)(zeros(1, 3, 2))))                    # expect: the window of `max_pool1d` is larger than the row: this is MaxPool1d(5), made here
print(why(fn() = MaxPool1d(5, padding: (1, 2, 3))(zeros(1, 3, 2))))   # expect: the padding is one number, two (before, after), "same" or "valid", not 3 numbers: this is MaxPool1d(5), made here
for mode in list("mean", "max") {
  print(why(fn() = GlobalPool(mode: mode)(zeros(1, 1, 0, 3))))   # expect: GlobalPool: x is [1, 1, 0, 3], there is nothing to pool: this is GlobalPool(), made here
}                                                                  # expect: GlobalPool: x is [1, 1, 0, 3], there is nothing to pool: this is GlobalPool(), made here
print(why(fn() = info_nce(zeros(0, 3), zeros(0, 3))))              # expect: info_nce: there are no rows to tell apart
print(why(fn() = stack_models([])))                                # expect: stack_models takes a list of models, this one has none
print(why(fn() = stack_models([Dense(2, 1), relu])))               # expect: stack_models takes a list of models, and number 1 is none, this is a function
