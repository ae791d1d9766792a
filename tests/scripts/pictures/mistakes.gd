# What cannot be plotted is an error that says why.
fn why(f) = attempt(f).error
print(why(fn() = plot([nan, inf])))                       # expect: nothing to plot: no point has finite coordinates
print(why(fn() = plot([0, -1], log: "y")))                # expect: nothing to plot: no y is positive, as a logarithmic axis needs
print(why(fn() = plot([1, 2], [1, 2, 3])))                # expect: plot: x has 2 numbers, y 3
print(why(fn() = scatter_plot([1, 2], [1, 2], classes: [0])))   # expect: scatter_plot: there are 2 points and 1 classes
print(why(fn() = histogram([nan])))                       # expect: histogram: there is no finite value
print(why(fn() = show_image(zeros(2))))                   # expect: show_image: an image is [H, W] or [3, H, W], several are [N, H, W] or [N, channels, H, W]; this is [2]
print(why(fn() = contour(fn(p) = p[0], x: (1, 1), y: (0, 1))))  # expect: limits of an axis are two finite numbers, the lower first
print(why(fn() = contour(fn(p) = nan, x: (0, 1), y: (0, 1))))       # expect: contour: f is finite nowhere in x: (0, 1), y: (0, 1)
print(why(fn() = show_image(full(2, 2, value: nan))))              # expect: show_image: no pixel is finite
print(why(fn() = boundary(fn(x) = x, dataset(zeros(0, 2), zeros(0)))))   # expect: boundary: there are no rows
print(why(fn() = picture(list((kind: "spiral")))))        # expect: a mark is a dict or a tuple with names whose `kind` is one of eight
print(why(fn() = plot([1, 2], log: "z")))                 # expect: `log:` is "x", "y" or "xy"
