# The heads of the pictures say their shape before anything runs.
# check
let d = images("{here}/parts/pets")
print(Dense(10, 2)(flatten(d.x)))   # expect error: 12
