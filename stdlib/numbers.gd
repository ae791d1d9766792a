# Named numbers. A script's own name hides any of them.

## The ratio of a circle's circumference to its diameter.
##
##     print("{cos(pi):.1f}")   # expect: -1.0
let pi = 3.141592653589793

## The base of the natural logarithm.
##
##     print("{log(e):.1f}")   # expect: 1.0
let e = 2.718281828459045

## Infinity: above every number. A logit of -inf is an impossible class; a score of -inf has weight 0 in a softmax.
##
##     print(softmax([1, -inf]))   # expect: [1, 0]
let inf = 1 / 0

## Not a number: the value of 0 / 0, and of whatever is computed from it. It is equal to nothing, not even to itself.
##
##     print(nan == nan, isnan(nan))   # expect: false true
let nan = 0 / 0

## `Adam(lr: auto)` lets `train` choose the rate. A range test on a copy of the model, over at most a twentieth of the
## updates, and for Adam and its kin the size of an update beside that of the params, give a peak; the schedule is
## `rise_and_fall` to that peak over the length of the training. A `beta1` that is not given goes the other way, from
## 0.9 to 0.7 at the peak and back: the running mean is three times shorter there (Smith, "A Disciplined Approach to
## Neural Network Hyper-Parameters", 2018). What was found is printed; the history's `lr` has the rates used, and
## `o.lr(step)` and `o.beta1(step)` return the numbers of a step. Each train runs the test again.
##
##     let w = param([3, -2])
##     let h = train w { loss: sum(w^2); optimizer: Adam(lr: auto); steps: 200 }
##     print(h.loss[-1] < h.loss[0])   # expect: true
let auto = "auto"
