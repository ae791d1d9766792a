let o = Adam()
o.step(1, 2)   # expect error: an optimizer is stepped by one that it was given to
