# args: {tmp}
# SVG files stand alone and hold what was plotted; the ending of the path decides.
let path = "{args[0]}/curve.svg"
plot([1, 10, 100], log: "y", title: "a < b", x_label: "step", save: path)
let svg = read(path)
print(starts_with(svg, "<svg"), ends_with(trim(svg), "</svg>"), "a &lt; b" in svg, "step" in svg)   # expect: true true true true
contour(fn(x, y) = x^2 + y^2, x: (-1, 1), y: (-1, 1), path: [[1, 1], [0, 0]], save: path)
print("path" in read(path))   # expect: true
show_image(rand(3, 8, 8), save: path)
print("data:image/png;base64," in read(path))   # expect: true
plot([1, 2], save: "{args[0]}/curve.jpg")   # expect error: pictures are saved as .svg or .png
