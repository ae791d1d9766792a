let y = conv_transpose1d(ones(1, 4, 1), ones(1, 1, 2), stride: 2, padding: "same", output_padding: 1)   # expect error: leave out the output padding
