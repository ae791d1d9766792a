# Bars by name, in eighths of a cell, also below zero; a histogram counts every finite value.
bars((cat: 2, dog: -2), width: 20, height: 8)
# expect:   2┤▆▆▆▆▆▆
# expect:    │██████
# expect:    │██████
# expect:   0┤       ██████
# expect:    │       ██████
# expect:  -2┤       ██████
# expect:    └───┬──────┬───
# expect:       cat    dog
# warned: histogram: 1 of 5 values are not finite and left out
histogram([1, 1, 1, 2, nan], bins: 2, width: 24, height: 8, y_label: none)
# expect:   │▆▆▆▆▆▆▆▆▆
# expect:   │█████████
# expect:  2┤█████████
# expect:   │█████████▁▁▁▁▁▁▁▁▁
# expect:   │██████████████████
# expect:   │██████████████████
# expect:  0├┬────────┬────────┬
# expect:   1.0      1.5      2.0
