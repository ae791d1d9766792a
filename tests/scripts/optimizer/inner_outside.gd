let o = Adam()
o.step(1, 2)   # expect error: an optimizer is only stepped by one that it was passed to
