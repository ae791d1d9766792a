let d = dict(lr: 0.1)
d.inner.x = 3    # expect error: the dict has no key "inner"
