# Pictures: curves, points, bars, contours, regions and images.
#
# A picture is drawn in the terminal, or with `save:` written to an .svg or .png file. `title:`, `x_label:`, `y_label:`
# and `log:` ("x", "y" or "xy") have their usual meaning; `width:` and `height:` are in columns and lines of the
# terminal, or pixels of the file (a PNG has twice as many each way). Each function makes marks and passes them to
# `picture`, which also draws marks of your own.
#
# Points that are not finite are left out and leave a gap in a line. Shapes that do not fit, or nothing to draw, are
# errors.

# What is plotted, as a list of (name, values); names are none where there are none.
fn _named(values) =
  if _has_names(values) { _pairs_of(values) }
  else if (type(values) == "list" or type(values) == "tuple") and not _all_numbers(values) { [("{i + 1}", v) for (i, v) in enumerate(values)] }
  else { [("", values)] }

fn _has_names(values) = type(values) == "dict" or (type(values) == "tuple" and len(keys(values)) > 0)

fn _pairs_of(values) = [(k, get(values, k)) for k in keys(values)]

# Is it a history of `train`?
fn _is_history(value) = type(value) == "tuple" and _has_names(value) and "step_loss" in keys(value) and "stopped" in keys(value)

# What `push` made of numbers is one series, and not a series for each of them.
fn _all_numbers(values) = all([type(v) == "number" or (type(v) == "tensor" and rank(v) == 0) for v in values])

fn _is_numbers(value) = type(value) == "tensor" or type(value) == "number" or type(value) == "range"

# A tensor of one axis.
fn _flat(values) = reshape(f64(tensor(values)), -1)

# The list of (name, [N]) curves in a tensor [N] or [N, series], or in several.
fn _curves(values) {
  let found = []
  for (name, value) in _named(values) {
    let t = f64(tensor(value))
    if rank(t) > 2 { error("plot: values are a tensor [N] or [N, series], this is {list(shape(t)...)}") }
    if rank(t) < 2 { found = push(found, (name, reshape(t, -1))) }
    else { for k in 0..shape(t)[1] - 1 { found = push(found, ("{name}{if name == "" { "" } else { "." }}{k}", t[:, k])) } }
  }
  found
}

# A legend says something only where there are several marks.
fn _legend(name, several) = if several and name != "" { name } else { none }

## Draws one or more curves, or the history of a training.
##
## plot(y) uses 0, 1, … as x. y is a tensor [N] or [N, series], or a list, a named tuple or a dict of curves, whose
## names form the legend. For a history it plots the loss by epoch, and val_loss if there is one; `of:` selects another
## series. Several histories, or the result of `race`, are compared by val_loss or loss, on a logarithmic scale if the
## values are positive and span a factor of a thousand. If an entry is a list of histories (over seeds), the line is
## their mean and a band shows the lowest to the highest; those that diverged are named and not drawn. A history of one
## epoch is plotted by step.
##
##     plot([1, 4, 9, 16], title: "squares", width: 40, height: 8)
##     # expect:                  squares
##     # expect:  15┤                              ⢀⡠⠤⠒
##     # expect:    │                         ⣀⠤⠔⠒⠉⠁
##     # expect:  10┤                  ⣀⣀⠤⠤⠒⠊⠉
##     # expect:   5┤         ⢀⣀⣀⠤⠤⠒⠒⠉⠉
##     # expect:    │⠤⠤⠒⠒⠒⠒⠉⠉⠉⠁
##     # expect:    └┬────┬─────┬─────┬────┬─────┬─────┬
##     # expect:    0.0  0.5   1.0   1.5  2.0   2.5   3.0
fn plot(x, y = none, of = none, title = none, x_label = none, y_label = none, log = none, names = none, save = none, width = none, height = none) {
  let by_epoch = _is_history(x) or (not _is_numbers(x) and _has_histories(x))
  if of != none and not by_epoch { error("plot: `of:` names a series of a history; several curves are plot(x, (first: y, second: z))") }
  if by_epoch and y != none and not (_is_history(x) and _is_history(y)) {
    error("plot: a history is plotted by epoch; several are plot((first: h, second: g)), of one `of:` names a series")
  }
  let marks = if _is_history(x) and _is_history(y) { _histories(list(x, y), of) }
    else if _is_history(x) { _history(x, of) }
    else if by_epoch { _histories(x, of) }
    else if y == none { _lines(none, x, names) }
    else { _lines(_flat(x), y, names) }
  let one = _is_history(x) and not _is_history(y)
  let along = if one and of == none and _short(x) { "step" } else { "epoch" }
  picture(marks, title: title, x_label: if x_label == none and by_epoch { along } else { x_label }, y_label: y_label,
    log: if log == none and by_epoch and not one and _wide(marks) { "y" } else { log }, save: save, width: width, height: height)
}

# Do lines of different size go together, so that only their logarithms can be seen?
fn _wide(marks) {
  let all_of = reduce(marks, fn(whole, mark) = concat(whole, _finite(mark.y)), f64(zeros(0)))
  size(all_of) > 0 and min(all_of) > 0 and max(all_of) > 1000 * min(all_of)
}

# One epoch of several steps.
fn _short(history) = get(history, "epochs", 2) < 2 and get(history, "steps", 0) > 1

fn _lines(x, y, names) {
  let curves = _curves(y)
  if names != none and len(names) != len(curves) { error("plot: there are {len(curves)} curves and {len(names)} names") }
  let marks = []
  for (i, (name, values)) in enumerate(curves) {
    let places = if x == none { f64(arange(len(values))) } else { x }
    if len(places) != len(values) { error("plot: x has {len(places)} numbers, y {len(values)}") }
    marks = push(marks, (kind: "line", x: places, y: values, hue: i, name: if names != none { names[i] } else { _legend(name, len(curves) > 1) }))
  }
  marks
}

fn _has_histories(value) {
  if type(value) != "tuple" and type(value) != "list" and type(value) != "dict" { return false }
  let entries = [v for (name, v) in _named(value) if _is_history(v) or ((type(v) == "list") and len(v) > 0 and _is_history(v[0]))]
  len(entries) > 0
}

fn _series(history, of) {
  if not (of in keys(history)) { error("plot: the history has no `{of}`; it has {join([k for k in keys(history) if type(get(history, k)) == "tensor"], ", ")}") }
  _flat(get(history, of))
}

# Epochs count from 1.
fn _epochs(values) = f64(arange(len(values))) + 1

fn _history(history, of) {
  if of == none and _short(history) { return list((kind: "line", x: _epochs(history.step_loss), y: history.step_loss, name: "loss")) }
  let series = if of != none { [of, "val_{of}"] } else { ["loss", "val_loss"] }
  let found = [name for name in series if name in keys(history)]
  if len(found) == 0 { _series(history, of) }
  [(kind: "line", x: _epochs(_series(history, name)), y: _series(history, name), hue: i, name: name) for (i, name) in enumerate(found)]
}

fn _chosen_series(history, of) =
  _series(history, if of != none { of } else if _is_history(history) and "val_loss" in keys(history) { "val_loss" } else { "loss" })

# The histories of an entry: one, or one for each seed.
fn _runs(entry) =
  if _is_history(entry) { list(entry) } else if type(entry) == "list" and len(entry) > 0 and _is_history(entry[0]) { entry } else { [] }

# A line for each entry, and a band over its seeds.  What diverged would be all that is seen: it is named, and not drawn
# where there is anything else.
fn _histories(entries, of) {
  let named = [(name, _runs(entry)) for (name, entry) in _named(entries) if len(_runs(entry)) > 0]
  let some_held = any([any([h.stopped != "diverged" for h in runs]) for (name, runs) in named])
  let marks = []
  for (hue, (name, runs)) in enumerate(named) {
    let held = [h for h in runs if h.stopped != "diverged" or not some_held]
    let shown = if len(held) == 0 { [f64([nan])] } else { [_chosen_series(h, of) for h in held] }
    let shortest = min([len(values) for values in shown])
    let together = tensor([values[0:shortest] for values in shown])
    let places = _epochs(together[0])
    if len(held) > 1 {
      marks = push(marks, (kind: "band", x: places, y: min(together, axis: 0), z: max(together, axis: 0), hue: hue))
    }
    marks = push(marks, (kind: "line", x: places, y: mean(together, axis: 0), hue: hue,
      name: if len(held) == len(runs) { name } else if len(held) == 0 { "{name} (diverged)" } else { "{name} ({len(held)} of {len(runs)} seeds)" }))
  }
  marks
}

## Draws points in the plane, x and y [N], or points [N, 2] alone. With `classes:`, a whole number from 0 for each point, each class has its own
## colour.
##
##     scatter_plot([0, 1, 2], [0, 1, 4], classes: [0, 0, 1], width: 40, height: 8)
##     # expect:  o  0   x  1
##     # expect:  4┤                                x
##     # expect:   │
##     # expect:  2┤
##     # expect:   │                 o
##     # expect:  0┤ o
##     # expect:   └─┬───────┬───────┬───────┬───────┬─
##     # expect:    0.0     0.5     1.0     1.5     2.0
fn scatter_plot(x, y = none, classes = none, names = none, title = none, x_label = none, y_label = none, log = none, save = none, width = none, height = none) {
  let (across, up) = if y == none { _plane(x) } else { (_flat(x), _flat(y)) }
  picture(_points(across, up, classes, names), title: title, x_label: x_label, y_label: y_label, log: log, save: save, width: width, height: height)
}

# The columns of points [N, 2].
fn _plane(points) {
  let t = f64(tensor(points))
  if rank(t) != 2 or shape(t)[1] != 2 { error("scatter_plot: this is {list(shape(t)...)}; points are [N, 2], or x and y [N]") }
  (t[:, 0], t[:, 1])
}

fn _points(x, y, classes, names) {
  if len(x) != len(y) { error("scatter_plot: x has {len(x)} numbers, y {len(y)}; of points x [N, 2] with classes y it is scatter_plot(x, classes: y)") }
  let which = if classes == none { zeros_like(x) } else { _flat(classes) }
  if len(which) != len(x) { error("scatter_plot: there are {len(x)} points and {len(which)} classes") }
  _tell_left_out("scatter_plot", "points", sum(not (isfinite(x) and isfinite(y) and isfinite(which))), len(x))
  if classes == none { return list((kind: "points", x: x, y: y)) }
  let known = which[isfinite(which)]
  let others = known[known < 0 or known != floor(known)]
  if len(others) > 0 { error("scatter_plot: `classes:` are whole numbers from 0, not {others[0]}") }
  let most = max(concat(known, f64([-1])))
  if names != none and most >= len(names) { error("scatter_plot: class {most} has no name, `names:` has {len(names)}") }
  [(kind: "points", x: x[which == c], y: y[which == c], hue: i, name: if names == none { str(c) } else { names[c] }) for (i, c) in enumerate(unique(known))]
}

## Draws how often values occur: the counts in `bins` intervals of equal width. A named tuple or a dict draws several.
##
##     histogram([1, 2, 2, 3, 3, 3], bins: 3, width: 40, height: 8)
##     # expect: count
##     # expect:   │                       ▆▆▆▆▆▆▆▆▆▆▆
##     # expect:  2┤            ▂▂▂▂▂▂▂▂▂▂▂███████████
##     # expect:   │            ██████████████████████
##     # expect:   │▆▆▆▆▆▆▆▆▆▆▆▆██████████████████████
##     # expect:   │██████████████████████████████████
##     # expect:  0├┬───────┬────────┬────────┬───────┬
##     # expect:   1.0     1.5      2.0      2.5     3.0
fn histogram(values, bins = 20, title = none, x_label = none, y_label = "count", log = none, save = none, width = none, height = none) {
  let named = _named(values)
  let sets = [(name, _finite(v)) for (name, v) in named]
  let everything = reduce(sets, fn(whole, set) = concat(whole, set[1]), f64(zeros(0)))
  let given = sum([size(_flat(v)) for (name, v) in named])
  if size(everything) == 0 { error("histogram: there is no finite value") }
  _tell_left_out("histogram", "values", given - size(everything), given)
  if bins < 1 { error("histogram: `bins:` is at least 1, not {bins}") }
  let low = min(everything)
  let high = max(everything)
  if not isfinite(high - low) { error("histogram: the values are further apart than any number reaches") }
  let step = if high > low { (high - low) / bins } else { 1 / bins }
  let from = if high > low { low } else { low - 0.5 }
  let left = from + step * f64(arange(bins))
  let marks = [(kind: "bars", x: left, z: left + step, y: _counts(v, from, step, bins), hue: i, name: _legend(name, len(sets) > 1)) for (i, (name, v)) in enumerate(sets)]
  picture(marks, title: title, x_label: x_label, y_label: y_label, log: log, save: save, width: width, height: height)
}

# Unlike a line, which has a gap there, a picture does not show where something is missing.
fn _tell_left_out(name, what, missing, given) {
  warn_unless(missing == 0, "{name}: {missing:.0f} of {given:.0f} {what} are not finite and left out")
}

fn _finite(values) {
  let flat = _flat(values)
  flat[isfinite(flat)]
}

fn _counts(values, from, step, bins) =
  if size(values) == 0 { f64(zeros(bins)) } else { f64(bincount(i32(clamp(floor((values - from) / step), 0, bins - 1)), least: bins)) }

## Draws one bar per value, values [N]. The names come from a named tuple, a dict, or `names:`.
##
##     bars((cat: 3, dog: 5), width: 40, height: 8)
##     # expect:   │                   ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
##     # expect:  4┤                   ███████████████
##     # expect:   │▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄    ███████████████
##     # expect:  2┤███████████████    ███████████████
##     # expect:   │███████████████    ███████████████
##     # expect:   │███████████████    ███████████████
##     # expect:  0├───────┬───────────────────┬───────
##     # expect:          cat                 dog
fn bars(values, names = none, title = none, x_label = none, y_label = none, log = none, save = none, width = none, height = none) {
  let named = _has_names(values)
  if type(values) == "list" and len(values) > 0 and type(values[0]) == "string" { error("bars: the values come first, then their names: bars([3, 5], names: [\"cat\", \"dog\"])") }
  let heights = if named { f64([v for (k, v) in _named(values)]) } else { _flat(if type(values) == "tuple" { list(values...) } else { values }) }
  let labels = if names != none { names } else if named { [k for (k, v) in _named(values)] } else { none }
  if size(heights) == 0 { error("bars: there are no values") }
  if labels != none and len(labels) != len(heights) { error("bars: there are {len(heights)} values and {len(labels)} names") }
  _tell_left_out("bars", "values", size(heights) - sum(isfinite(heights)), size(heights))
  let places = f64(arange(len(heights)))
  picture(list((kind: "bars", x: places - 0.4, z: places + 0.4, y: heights)), x_names: labels, title: title, x_label: x_label, y_label: y_label, log: log, save: save, width: width, height: height)
}

## Draws contour lines of f over a rectangle, and optionally a path [steps, 2], such as `history.path`.
##
## f takes a point [2], or two numbers, and returns a number. `x:` and `y:` are the ranges, two numbers each, and
## `resolution` is the number of points per axis. The levels are chosen so that the areas between neighbouring lines are
## equal.
##
##     contour(fn(p) = p[0]^2 + 4 * p[1]^2, x: (-2, 2), y: (-1, 1), width: 40, height: 10)
##     # expect:   1.0┤  ⣀⠤⠔⠊⣁⠤⣴⣒⠶⠯⢭⣕⣒⣒⣒⣒⣪⡭⠽⠶⣒⣦⠤⣈⠑⠢⠤⣀
##     # expect:      │⠔⠋⣠⠔⣺⠽⣒⠭⠔⣊⠭⠭⠕⠒⢒⣒⣒⡒⠒⠪⠭⠭⣑⠢⠭⣒⠯⣗⠢⣄⠙⠢
##     # expect:   0.5┤⢀⠎⡱⢋⡰⠋⡡⠚⢉⡠⠒⠊⠉⢉⣁⣀⣀⣈⡉⠉⠑⠒⢄⡉⠓⢌⠙⢆⡙⢎⠱⡀
##     # expect:      │⠋⢸⠁⡞ ⡞ ⢠⠋  ⡔⠊⠁    ⠈⠑⢢  ⠙⡄ ⢳ ⢳⠈⡇⠙
##     # expect:   0.0┤⣄⢸⡀⢧ ⢧ ⠘⣄  ⠣⢄⡀    ⢀⡠⠜  ⣠⠃ ⡼ ⡼⢀⡇⣠
##     # expect:      │⠈⢆⡱⣌⠱⣄⡑⢤⣈⠑⠤⢄⣀⣈⡉⠉⠉⢉⣁⣀⡠⠤⠊⣁⡤⢊⣠⠎⣡⢎⡰⠁
##     # expect:  -0.5┤⠢⣄⠙⠢⢽⣲⠭⣒⠢⢍⣒⣒⠤⠤⠬⠭⠭⠥⠤⠤⣒⣒⡩⠔⣒⠭⣖⡯⠔⠋⣠⠔
##     # expect:      │  ⠉⠒⠤⢄⡉⠒⠻⠭⠶⣖⣛⡫⠭⠭⠭⠭⢝⣛⣲⠶⠭⠟⠒⢉⡠⠤⠒⠉
##     # expect:  -1.0├┬───────┬───────┬───────┬───────┬
##     # expect:      -2      -1       0       1       2
fn contour(f, x, y, path = none, resolution = 60, title = none, x_label = none, y_label = none, save = none, width = none, height = none) {
  let (left, right) = _limits("x", x)
  let (bottom, top) = _limits("y", y)
  if resolution < 2 { error("contour: `resolution:` is at least 2, not {resolution}") }
  let grid = stack(tile(linspace(left, right, resolution), resolution), repeat(linspace(bottom, top, resolution), resolution), axis: -1)
  let heights = _heights(f, grid)
  if not any(isfinite(heights)) { error("contour: f is finite nowhere in x: {x}, y: {y}") }
  let finite = heights[isfinite(heights)]
  let flat = if min(finite) == max(finite) { "{finite[0]} everywhere" } else { none }
  let marks = list((kind: "levels", z: reshape(heights, resolution, resolution), box: f64([left, right, bottom, top])))
  if path != none {
    let steps = f64(tensor(path))
    if rank(steps) != 2 or shape(steps)[1] < 2 { error("contour: `path:` is a tensor [steps, 2], this is {list(shape(steps)...)}") }
    marks = push(marks, (kind: "line", x: steps[:, 0], y: steps[:, 1], hue: 1, name: "path"))
    marks = push(marks, (kind: "points", x: steps[-1:, 0], y: steps[-1:, 1], hue: 1))
  }
  picture(marks, x: (left, right), y: (bottom, top), title: if title == none { flat } else { title }, x_label: x_label, y_label: y_label, save: save, width: width,
    height: height)
}

fn _limits(name, pair) {
  let found = attempt(fn() = list(f64(tensor(list(pair...)))...))
  if not found.ok or len(found.value) != 2 { error("contour: `{name}:` is two numbers, the lower first: `{name}: (-1, 1)`") }
  let (low, high) = (number(found.value[0]), number(found.value[1]))
  if not (isfinite(low) and isfinite(high) and low < high) {
    error("contour: `{name}:` is two finite numbers, the lower first, not ({low}, {high})")
  }
  (low, high)
}

# The values of f at the rows of `grid`: for all at once where f can be mapped, else one after the other.
fn _heights(f, grid) {
  let ways = list(
    fn() = vmap(f)(grid),
    fn() = vmap(f)(grid[:, 0], grid[:, 1]),
    fn() = tensor([number(f(p)) for p in grid]),
    fn() = tensor([number(f(p[0], p[1])) for p in grid])
  )
  let why = none
  for way in ways {
    let tried = attempt(fn() = reshape(f64(way()), len(grid)))
    if tried.ok { return tried.value }
    if why == none { why = tried.error }
  }
  error("contour: f takes a point [2] or two numbers, and gives a number: {why}")
}

## Draws the regions in which a classifier predicts each class, and the points of a data set d whose x is [N, 2].
##
## The net returns scores [N, K], or one logit per row.
##
##     boundary(fn(x) = x[:, 0], blobs(20, centers: 2), width: 40, height: 10)
##     # expect:  o  0   x  1
##     # expect:   5┤  o   o  o   ·o··················
##     # expect:    │    oo  oo   ····················
##     # expect:    │             ····················
##     # expect:   0┤             ····················
##     # expect:    │             ·······x············
##     # expect:  -5┤             ·······xx·x·x·····x·
##     # expect:    │             ········x···········
##     # expect:    └┬──────┬─────┬──────┬─────┬──────┬
##     # expect:    -4     -2     0      2     4      6
fn boundary(net, d, resolution = 120, title = none, x_label = none, y_label = none, save = none, width = none, height = none) {
  if rank(d.x) != 2 or shape(d.x)[1] != 2 { error("boundary: points with two columns are needed, x is {list(shape(d.x)...)}") }
  if len(d.x) == 0 { error("boundary: there are no rows") }
  let low = min(d.x, axis: 0)
  let high = max(d.x, axis: 0)
  let margin = where(high > low, 0.08 * (high - low), maximum(0.1 * abs(high), 0.1))
  let (left, right) = (low[0] - margin[0], high[0] + margin[0])
  let (bottom, top) = (low[1] - margin[1], high[1] + margin[1])
  let half = 0.5 / resolution
  let across = linspace(left + half * (right - left), right - half * (right - left), resolution)
  let up = linspace(bottom + half * (top - bottom), top - half * (top - bottom), resolution)
  let grid = stack(tile(across, resolution), repeat(up, resolution), axis: -1)
  let scores = net(grid)
  let classes = if rank(scores) == 2 and shape(scores)[1] > 1 { argmax(scores, axis: 1) } else { i32(reshape(scores, -1) > 0) }
  let marks = list((kind: "regions", z: reshape(f64(classes), resolution, resolution), box: f64([left, right, bottom, top])))
  let which = if min(d.y) < 0 { i32(d.y > 0) } else { d.y }
  for c in unique(which) {
    let own = d.x[which == c]
    marks = push(marks, (kind: "points", x: f64(own[:, 0]), y: f64(own[:, 1]), hue: number(c), name: str(c)))
  }
  picture(marks, title: title, x_label: x_label, y_label: y_label, save: save, width: width, height: height)
}

## Draws an image, or several in a grid.
##
## [H, W] is a gray image, [3, H, W] a colour image. [N, H, W], [N, 1, H, W] and [N, 3, H, W] are several, of which the
## first `most:` are drawn. The lowest value of all of them is black and the highest white; if all values are equal they
## are gray.
##
##     show_image(eye(4), width: 8, height: 4)
##     # expect: @@
##     # expect:   @@
##     # expect:     @@
##     # expect:       @@
fn show_image(x, most = 36, title = none, save = none, width = none, height = none) {
  let t = f64(tensor(x))
  let many = if rank(t) == 2 { t[none, none, :, :] }
    else if rank(t) == 3 and shape(t)[0] == 3 { t[none, :, :, :] }
    else if rank(t) == 3 { t[:, none, :, :] }
    else { t }
  if rank(many) != 4 or not (shape(many)[1] in [1, 3]) { error("show_image: an image is [H, W] or [3, H, W], several are [N, H, W] or [N, channels, H, W]; this is {list(shape(t)...)}") }
  if size(many) == 0 { error("show_image: there is no image") }
  if not any(isfinite(many)) { error("show_image: no pixel is finite") }
  let shown = where(isfinite(many), many, 0)[0:most]
  let (low, high) = (min(shown), max(shown))
  let scaled = if high > low { (shown - low) * (255 / (high - low)) } else { full(shape(shown)..., value: 128) }
  picture(list((kind: "image", z: _mosaic(scaled))), title: title, save: save, width: width, height: height)
}

# [N, channels, H, W] to [rows * (H + 1) - 1, columns * (W + 1) - 1, 3], a gap of gray between them.
fn _mosaic(images) {
  let (n, channels, h, w) = shape(images)
  let columns = ceil(sqrt(n))
  let rows = ceil(n / columns)
  let whole = if n < rows * columns { concat(images, full(rows * columns - n, channels, h, w, value: 128), axis: 0) } else { images }
  let coloured = if channels == 1 { concat(whole, whole, whole, axis: 1) } else { whole }
  let framed = pad(coloured, 0, 0, 0, 0, 0, 1, 0, 1, value: 128)
  let grid = reshape(framed, rows, columns, 3, h + 1, w + 1) |> permute(0, 3, 1, 4, 2) |> reshape(rows * (h + 1), columns * (w + 1), 3)
  grid[0:-1, 0:-1]
}

## Draws a table of numbers [rows, columns] as shades, with each number in its cell: a confusion matrix, for example.
##
##     show_table([[5, 1], [0, 6]], names: ["cat", "dog"], width: 40, height: 8)
##     # expect:     │
##     # expect:  cat┤        5               1
##     # expect:     │
##     # expect:     │
##     # expect:  dog┤        0               6
##     # expect:     │
##     # expect:     └────────┬───────────────┬────────
##     # expect:             cat             dog
fn show_table(m, names = none, title = none, x_label = none, y_label = none, save = none, width = none, height = none) {
  let t = f64(tensor(m))
  if rank(t) != 2 { error("show_table: a tensor [rows, columns] is needed, this is {list(shape(t)...)}") }
  let (rows, columns) = shape(t)
  if names != none and (len(names) != rows or len(names) != columns) {
    error("show_table: there are {rows} rows, {columns} columns and {len(names)} names")
  }
  let from_above = if names == none { [str(rows - 1 - i) for i in 0..rows - 1] } else { [names[rows - 1 - i] for i in 0..rows - 1] }
  let along = if names == none { [str(i) for i in 0..columns - 1] } else { names }
  picture(list((kind: "table", z: t)), x_names: along, y_names: from_above, title: title, x_label: x_label, y_label: y_label, save: save, width: width, height: height)
}
