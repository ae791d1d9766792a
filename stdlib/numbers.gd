# Numbers with a name.  A script's own name hides any of them.

## The ratio of a circle's circumference to its diameter.
##
##     print("{cos(pi):.1f}")   # expect: -1.0
let pi = 3.141592653589793

## The base of the natural logarithm.
##
##     print("{log(e):.1f}")   # expect: 1.0
let e = 2.718281828459045

## Infinity: above every number.  A logit of -inf is a class that cannot be, a mask of -inf lets nothing through a softmax.
##
##     print(softmax([1, -inf]))   # expect: [1, 0]
let inf = 1 / 0

## Not a number: what 0 / 0 is, and whatever is made of it; equal to nothing, itself neither.
##
##     print(nan == nan, isnan(nan))   # expect: false true
let nan = 0 / 0

## What the program chooses: `Adam(lr: auto)` takes a rate that a range test of the `train` finds, over at most a twentieth of its
## updates, on a copy, and about it a schedule of the training's length, `rise_and_fall`; it is told, stands in the history's `lr`, and
## `o.lr(step)` gives it.  Each train finds it anew.
##
##     let w = param([3, -2])
##     let h = train w { loss: sum(w^2); optimizer: Adam(lr: auto); steps: 200 }
##     print(h.loss[-1] < h.loss[0])   # expect: true
let auto = "auto"
