# The elements of an f32 tensor are written as short as they read back, as in CSV.
print(to_json([0.1, 1 / 3, 2.5, 16777215, 1e-7]))   # expect: [0.1, 0.33333334, 2.5, 16777215, 1e-7]
print(to_json((loss: f32(0.3), step: f64([0.1]))))   
# expect: {"loss": 0.3, "step": [0.1]}
