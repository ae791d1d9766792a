# Words of pandas and scikit-learn: what to write instead, as a name and as a method.
# status: 65
let d = dataset([[1, 2], [3, 4]], [0, 1])
let s = describe(d)               # expect error: in gd, `describe` is called `summary`
let g = groupby(d)                # expect error: the means of v: `one_hot(g, k)' @ v / bincount(g, least: k)`
let n = value_counts(d.y)         # expect error: `unique(x, counts: true)` gives the values
let o = get_dummies(d.y)          # expect error: in gd, `get_dummies` is called `one_hot`
let r = corrcoef(d.x)             # expect error: `z' @ z / len(x)`
let c = cov(d.x)                  # expect error: `c' @ c / (len(x) - 1)`
let m = mape(d.y, d.y)            # expect error: `mean(abs((y - p) / y))`
let l = LinearRegression()        # expect error: `lstsq(x, y)` is least squares
let b = LogisticRegression()      # expect error: trained with `binary_cross_entropy`
let k = KMeans(3)                 # expect error: over the centres, a param c [K, D]
let p = sklearn.PCA(2)            # expect error: has the components in its rows
let f = RandomForestClassifier()  # expect error: there are no trees here
let q = read_parquet("a.parquet") # expect error: tables are read by `csv` and `sqlite`
let t = fit_transform(d.x)        # expect error: `Standardize(train_set)` as the first layer
