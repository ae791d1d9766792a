# Lines of equal height, regions with points, a table, an image: in letters where there is no colour.
contour(fn(x, y) = x + y, x: (0, 1), y: (0, 1), width: 24, height: 8)
# expect:  1.0┤⠙⠦⡈⠳⢄⡀⠑⠤⡀ ⠈⠢⢄
# expect:     │⠉⠲⣌⡑⠦⣉⠲⢄⡈⠓⢦⡀ ⠙⠲⣄
# expect:     │⠑⢦⡀⠙⠢⣌⠓⢤⡙⠢⣄⠈⠒⢄⡀ ⠑
# expect:  0.5┤⢄ ⠈⠑⠤⡀⠙⠢⣌⠓⢤⡙⠢⣄⠈⠳⢄
# expect:     │ ⠙⠦⣄ ⠈⠳⢤⡈⠑⠦⣉⠲⢌⡙⠦⣀
# expect:     │    ⠑⠢⡀ ⠈⠒⢄⠈⠑⢦⡈⠲⣄
# expect:  0.0├┬───────┬────────┬
# expect:     0.0     0.5      1.0
boundary(fn(x) = x[:, 0], dataset([[-1, 0], [1, 1]], [0, 1]), width: 24, height: 8)
# expect:  o  0   x  1
# expect:  1┤         ········x
# expect:   │         ·········
# expect:   │         ·········
# expect:   │         ·········
# expect:  0┤ o       ·········
# expect:   └─┬───────┬───────┬─
# expect:    -1       0       1
show_table([[5, 1], [0, 6]], names: ["cat", "dog"], width: 24, height: 8)
# expect:     │
# expect:  cat┤    5       1
# expect:     │
# expect:     │
# expect:  dog┤    0       6
# expect:     │
# expect:     └────┬───────┬────
# expect:         cat     dog
show_image([[0, 1], [1, 0]], width: 12, height: 4)
# expect:       @@@@
# expect:       @@@@
# expect:   @@@@
# expect:   @@@@
