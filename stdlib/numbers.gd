# Numbers with a name.

## The ratio of a circle's circumference to its diameter.
##
##     print("{cos(pi):.1f}")   # expect: -1.0
let pi = 3.141592653589793
