# Numbers with a name.  A script's own name hides any of them.

## The ratio of a circle's circumference to its diameter.
##
##     print("{cos(pi):.1f}")   # expect: -1.0
let pi = 3.141592653589793

## The base of the natural logarithm.
##
##     print("{log(e):.1f}")   # expect: 1.0
let e = 2.718281828459045

## Infinity: above every number.  A logit of -inf is a class that cannot be, a score of -inf has weight 0 in a softmax.
##
##     print(softmax([1, -inf]))   # expect: [1, 0]
let inf = 1 / 0

## Not a number: the value of 0 / 0, and of what is computed from it; equal to nothing, not even to itself.
##
##     print(nan == nan, isnan(nan))   # expect: false true
let nan = 0 / 0

## Lets the program choose: `Adam(lr: auto)` takes a rate that a range test of the `train` finds, over at most a twentieth of its
## updates, on a copy, and a schedule of the training's length with that peak, `rise_and_fall`; it is printed, is in the history's `lr`, and
## `o.lr(step)` gives it.  Each train finds it again.
##
##     let w = param([3, -2])
##     let h = train w { loss: sum(w^2); optimizer: Adam(lr: auto); steps: 200 }
##     print(h.loss[-1] < h.loss[0])   # expect: true
let auto = "auto"
