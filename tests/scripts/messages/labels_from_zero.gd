# The advice about labels out of range depends on all of them.
fn told(f) = print(attempt(f).error)
told(fn() = cross_entropy(zeros(3, 2), [0, 1, 2]))    # expect: 2 is out of range: 0 to 1 are possible (element 2); labels from 0 to 2 are 3 classes
told(fn() = one_hot([0, 2], 2))                       # expect: 2 is out of range: 0 to 1 are possible (element 1); labels from 0 to 2 are 3 classes
told(fn() = cross_entropy(zeros(3, 1), [0, 1, 1]))    # expect: 1 is out of range: 0 to 0 are possible (element 1); with one class all labels are 0: binary_cross_entropy takes one score a row
told(fn() = cross_entropy(zeros(3, 2), [1, 2, 2]))    # expect: 2 is out of range: 0 to 1 are possible (element 1); for labels that count from 1 use y - 1
told(fn() = cross_entropy(zeros(3, 2), [-1, 1, 1]))   # expect: -1 is out of range: 0 to 1 are possible (element 0); for labels of -1 and 1 use (y + 1) / 2
told(fn() = cross_entropy(zeros(3, 2), [-1, 0, 1]))   # expect: -1 is out of range: 0 to 1 are possible (element 0)
