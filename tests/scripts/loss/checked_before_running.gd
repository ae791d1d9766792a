# check
# Targets that the script writes down are looked at before anything runs.
let w = param(zeros(3))
print(hinge(w, [1, 0, -1]))   # expect error: 2 * y - 1
# status: 65
