# A curve in the terminal: title, ticks, axes; several curves have a legend, and letters where there is no colour.
plot([0, 1, 2, 3, 4], title: "line", width: 24, height: 8)
# expect:           line
# expect:  4┤                ⣀⠤⠒
# expect:   │            ⣀⠤⠒⠉
# expect:  2┤        ⣀⠤⠒⠉
# expect:   │   ⣀⠤⠔⠊⠉
# expect:  0┤⠤⠒⠉
# expect:   └┬────────┬─────────┬
# expect:    0        2         4
plot([0, 1, 2], (up: [0, 1, 2], down: [2, 1, 0]), width: 30, height: 8)
# expect: ─── up  ─x─ down
# expect:  2┤⠒⠤x⡀                 ⢀⣀⠤⠒
# expect:   │   ⠈⠉⠒⠢⠤⣀⡀      ⣀⡠⠤⠒⠉⠁
# expect:   │         ⠈x⣒⠤⢔⣒⠉
# expect:   │    ⣀⡠⠤⠔⠒⠉⠁    ⠉⠑⠒x⢄⣀
# expect:  0┤⠤⠒⠊⠉                 ⠉⠑⠒⠤
# expect:   └┬─────┬─────┬─────┬──────┬
# expect:   0.0   0.5   1.0   1.5    2.0
plot([1, 10, 100], log: "y", y_label: "loss", width: 24, height: 8)
# expect: loss
# expect:  100┤              ⢀⡠⠔
# expect:     │           ⣀⠤⠊⠁
# expect:     │       ⣀⠤⠒⠉
# expect:     │   ⣀⠤⠒⠉
# expect:    1┤⠤⠒⠉
# expect:     └┬───────┬────────┬
# expect:      0       1        2
plot([0, 1e6], width: 30, height: 4)   # no -0 where numbers have exponents
# expect:  1e6┤           ⢀⣀⣀⡠⠤⠤⠤⠒⠒⠒⠉⠉
# expect:    0┤⣀⣀⠤⠤⠤⠒⠒⠒⠊⠉⠉⠁
# expect:     └┬──────────┬───────────┬
# expect:     0.0        0.5         1.0
