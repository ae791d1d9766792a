# args: {tmp}
# A net saved with its data that `gd predict` cannot rebuild is told at once; once a place, and not without `data:`.
# expect stderr: `gd predict` cannot rebuild this net: it was made with the function `fn(…)`
# expect stderr: `gd predict` cannot rebuild this net: `Mine` is declared in this script
model Mine() { param w = [1]; fn forward(x) = x * w }
write("{args[0]}/t.csv", "a,y\n1,3\n2,4\n")
let (d, path) = (csv("{args[0]}/t.csv", target: "y"), "{args[0]}/n.safetensors")
for _ in 1..2 { save(chain(Dense(1, 1), fn(z) = 2 * z), path, data: d) }
save(chain(Mine()), path, data: d)
save(chain(Mine()), path)
save(chain(Dense(1, 1), Unstandardize(d)), path, data: d)
