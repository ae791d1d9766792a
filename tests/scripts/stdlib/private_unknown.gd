# A private name that files of the library share is not one of scripts.
# status: 65
let o = Newton()
print(_armijo)   # expect error: unknown name `_armijo`
