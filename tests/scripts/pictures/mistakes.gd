# What cannot be plotted is an error that says why.
fn why(f) = attempt(f).error
print(why(fn() = plot([nan, inf])))   # expect: nothing to plot: no point has finite coordinates
print(why(fn() = plot([0, -1], log: "y")))   # expect: nothing to plot: no y is positive, as a logarithmic axis needs
print(why(fn() = plot([1, 2], [1, 2, 3])))   # expect: plot: x has 2 numbers, y 3
print(why(fn() = plot([1, 2, 3], [1, 2, 3], [4, 5, 6])))   # expect: plot: `of:` names a series of a history; several curves are plot(x, (first: y, second: z))
print(why(fn() = plot([1, 2, 3], of: "loss")))   # expect: plot: `of:` names a series of a history; several curves are plot(x, (first: y, second: z))
print(why(fn() = plot((step_loss: [1], loss: [1], stopped: "steps"), [1])))   # expect: plot: a history is plotted by epoch; several are plot((first: h, second: g)), of one `of:` names a series
print(why(fn() = scatter_plot([1, 2, 3])))   # expect: scatter_plot: this is [3]; points are [N, 2], or x and y [N]
print(why(fn() = scatter_plot([[1, 2], [3, 4]], [0, 1])))   # expect: scatter_plot: x has 4 numbers, y 2; of points x [N, 2] with classes y it is scatter_plot(x, classes: y)
print(why(fn() = scatter_plot([1, 2], [1, 2], classes: [0])))   # expect: scatter_plot: there are 2 points and 1 classes
print(why(fn() = scatter_plot([1, 2], [1, 2], classes: [0, 1.5])))   # expect: scatter_plot: `classes:` are whole numbers from 0, not 1.5
print(why(fn() = scatter_plot([1, 2], [1, 2], classes: [-1, 0])))   # expect: scatter_plot: `classes:` are whole numbers from 0, not -1
print(why(fn() = show_table([[1, 2], [3, 4]], names: ["a"])))   # expect: show_table: there are 2 rows, 2 columns and 1 names
print(why(fn() = plot(f64([-1e308, 0, 1e308]))))   # expect: the values of y are further apart than any number reaches
precision(f64)
print(why(fn() = histogram([1e308, -1e308, 0])))   # expect: histogram: the values are further apart than any number reaches
precision(f32)
# warned: histogram: 1 of 1 values are not finite and left out
print(why(fn() = histogram([nan])))   # expect: histogram: there is no finite value
print(why(fn() = show_image(zeros(2))))   # expect: show_image: an image is [H, W] or [3, H, W], several are [N, H, W] or [N, channels, H, W]; this is [2]
print(why(fn() = contour(fn(p) = p[0], x: (1, 1), y: (0, 1))))   # expect: contour: `x:` is two finite numbers, the lower first, not (1, 1)
print(why(fn() = contour(fn(p) = nan, x: (0, 1), y: (0, 1))))   # expect: contour: f is finite nowhere in x: (0, 1), y: (0, 1)
print(why(fn() = show_image(full(2, 2, value: nan))))   # expect: show_image: no pixel is finite
print(why(fn() = boundary(fn(x) = x, dataset(zeros(0, 2), zeros(0)))))   # expect: boundary: there are no rows
print(why(fn() = picture(list((kind: "spiral")))))   # expect: a mark must be a dict or a tuple with names, with one of eight values of `kind`
print(why(fn() = plot([1, 2], log: "z")))   # expect: `log:` must be "x", "y" or "xy"

# What cannot be told apart or has no room is said, or drawn as far as it goes.
print(why(fn() = contour(fn(p) = p[0], x: 3, y: (0, 1))))   # expect: contour: `x:` is two numbers, the lower first: `x: (-1, 1)`
print(why(fn() = scatter_plot([1, 2], [1, 2], classes: [0, 1], names: ["a"])))   # expect: scatter_plot: class 1 has no name, `names:` has 1
contour(fn(p) = 1, x: (0, 1), y: [0, 1], width: 20, height: 5)
# expect:     1 everywhere
# expect:  1┤
# expect:   │
# expect:  0├┬──────┬───────┬
# expect:   0.0    0.5     1.0
show_image(ones(2, 2), width: 8, height: 4)
# expect: ========
# expect: ========
# expect: ========
# expect: ========
show_image(ones(1, 300), width: 8, height: 4)   # a strip takes a line, or a column
# expect: ========
# expect:
# expect:
# expect:
show_image(ones(300, 1), width: 8, height: 4)
# expect:     =
# expect:     =
# expect:     =
# expect:     =
plot([-0.99, 0.5, 1], width: 20, height: 4)   # two lines have no room for -1, 0 and 1
# expect:   1┤     ⣀⡠⠤⠤⠒⠒⠒⠉⠉
# expect:  -1┤⣀⠤⠔⠒⠉
# expect:    └┬──────┬──────┬
# expect:     0      1      2
show_table(zeros(40, 40), width: 12, height: 4)   # nor for numbers
# expect:  18┤======
# expect:  39┤======
# expect:    └┬──┬──
# expect:     0 21
