# args: {tmp}
# Numbers that `push` or a tuple holds are one series, as in a bracket; lists of them are one each.
fn drawn(f) { f(); read("{args[0]}/a.svg") }
let c = []
for i in 1..5 { c = push(c, i^2) }
let (path, t) = ("{args[0]}/a.svg", [1, 4, 9, 16, 25])
print(drawn(fn() = plot(c, save: path)) == drawn(fn() = plot(t, save: path)))                            # expect: true
print(drawn(fn() = plot(1..5, c, save: path)) == drawn(fn() = plot([1, 2, 3, 4, 5], t, save: path)))     # expect: true
print(drawn(fn() = histogram(c, save: path)) == drawn(fn() = histogram(t, save: path)))                  # expect: true
print(drawn(fn() = bars((1, 4, 9, 16, 25), save: path)) == drawn(fn() = bars(t, save: path)))            # expect: true
print(drawn(fn() = plot(list(c, c), save: path)) == drawn(fn() = plot((t, t), save: path)))              # expect: true
