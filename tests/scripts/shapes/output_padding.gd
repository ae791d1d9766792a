let y = conv_transpose2d(ones(1, 1, 3, 3), ones(1, 1, 2, 2), dilation: 2, output_padding: 2)   # expect error: the output padding must be smaller than the stride or the dilation
