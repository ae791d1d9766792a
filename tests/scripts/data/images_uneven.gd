# Pictures of two sizes are told, with the mend.
let d = images("{here}/parts/uneven")   # expect error: one.pbm has 2 x 2 pixels, two.pbm 1 x 3
# expect stderr: size: (2, 2) scales all of them
# status: 65
# silent
