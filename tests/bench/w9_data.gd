# The data of W9, for gd and its peers alike: `gd w9_data.gd FOLDER` writes numbers.csv (100 MB: 700,000 rows of 13 numbers),
# mixed.csv (90 MB, two of its columns are classes), and 60,000 rows of 784 numbers as x.npy, with classes of them as y.npy.

seed(9)
let x = randn(700_000, 12)
save(dataset(x, x[:, 0] * 2 + 1), "{args[0]}/numbers.csv")
let colours = ["red", "green", "blue", "grey"]
fn row(i, f) = "{f:.6f},{f * 3:.4f},{colours[i % 4]},{i % 7},{f * f:.5f},c{i % 11}"
let some = join([row(i, f) for (i, f) in enumerate([v for v in x[0:1000, 0]])], "\n") + "\n"
write("{args[0]}/mixed.csv", "a,b,colour,k,c,y\n")
for i in 1..2600 { append("{args[0]}/mixed.csv", some) }
save(rand(60_000, 784), "{args[0]}/x.npy")
save(randint(0, 10, 60_000), "{args[0]}/y.npy")
