let o = Adam(beta1: 1.5)   # expect error: beta1
