let made = GroupNorm(2, 4)(zeros(2, 3))   # expect error: its axis 1 has 3 channels, not 4
