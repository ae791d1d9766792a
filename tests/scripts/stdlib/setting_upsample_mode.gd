let made = Upsample(2, mode: "cubic")   # expect error: `mode` is "nearest" or "bilinear", not cubic
