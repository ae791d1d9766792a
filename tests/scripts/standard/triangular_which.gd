# An upper triangle taken for a lower one would give a wrong x without a word.
print(solve_triangular([[2, 1], [0, 4]], [4, 8]))   # expect error: `solve_triangular` needs a lower triangle
# expect stderr: upper: true
