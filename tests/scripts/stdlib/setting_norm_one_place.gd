let made = InstanceNorm(4)(zeros(2, 4))   # expect error: has one place
