/* foreign.c — words of other languages and tools, and what to write here.
 *
 * To add one: a row of FOREIGN for a word at which a syntax error occurs, of FOREIGN_NAMES for a
 * name that nothing declares, of FOREIGN_CALLS for one that is foreign only where it is called.
 */
#include "lang/syntax/foreign.h"

#include <string.h>

typedef struct Foreign {
  const char *word; /* of another language */
  const char *help; /* what to write here */
} Foreign;

/* clang-format off */
static const Foreign FOREIGN[] = {
  {"def", "a function is declared with `fn name(…) = …` or `fn name(…) { … }`"},
  {"function", "a function is declared with `fn name(…) = …` or `fn name(…) { … }`; without a name it is `fn(x) = …`"},
  {"func", "a function is declared with `fn name(…) = …` or `fn name(…) { … }`"},
  {"fun", "a function is declared with `fn name(…) = …` or `fn name(…) { … }`"},
  {"lambda", "a function without a name is written `fn(x) = …`"},
  {"class", "what has parameters is declared with `model Name(…) { … }`; there are no other classes"},
  {"struct", "what has parameters is declared with `model Name(…) { … }`; a tuple has named items: `(x: 1, y: 2)`"},
  {"var", "a name is declared with `let`"},
  {"const", "a name is declared with `let`"},
  {"val", "a name is declared with `let`"},
  {"auto", "a name is declared with `let`"},
  {"local", "a name is declared with `let` and belongs to its block"},
  {"mut", "every name can be assigned: `let x = …`"},
  {"elif", "write `else if`"},
  {"elsif", "write `else if`"},
  {"elseif", "write `else if`"},
  {"then", "a block is written in braces: `if c { … } else { … }`"},
  {"do", "a block is written in braces: `{ … }`"},
  {"begin", "a block is written in braces: `{ … }`"},
  {"end", "a block ends with `}`"},
  {"pass", "an empty block is `{ }`"},
  {"from", "a whole file is imported: `import \"path.gd\"`"},
  {"using", "a file is imported with `import \"path.gd\"`; standard names need no import"},
  {"include", "a file is imported with `import \"path.gd\"`"},
  {"match", "there is no `match`: `if … { } else if … { }`"},
  {"switch", "there is no `switch`: `if … { } else if … { }`"},
  {"try", "`attempt(fn() = …)` gives the value or the error"},
  {"unless", "write `if not …`"},
  {"until", "write `while not …`"},
  {"loop", "write `while true { … }`"},
  {"repeat", "write `while true { … }`, or `for i in 1..n { … }`"},
  {"foreach", "write `for x in xs { … }`"},
  {"is", "`==` and `!=` compare: `x != none`"},
  {"del", "there is nothing to delete: a name can be assigned `none`"},
  {"raise", "`error(\"…\")` ends the program with a message"},
  {"throw", "`error(\"…\")` ends the program with a message"},
  {"int", "a name is declared without a type: `let i = 5`"},
  {"float", "a name is declared without a type: `let x = 0.5`"},
  {"double", "a name is declared without a type: `let x = 0.5`"},
  {"string", "a name is declared without a type: `let s = \"…\"`"},
  {"real", "a name is declared without a type: `let x = 0.5`"},
  {"except", "`attempt(fn() = …)` gives the value or the error"},
  {"catch", "`attempt(fn() = …)` gives the value or the error"},
  {"as", "a file is named after its path: `import \"lib/blocks.gd\"`, then `blocks.name`"},
  {"global", "a function sees and assigns the names around it: there is nothing to declare"},
  {"nonlocal", "a function sees and assigns the names around it: there is nothing to declare"},
  {"mod", "the remainder is `a % b`"},
  {"div", "a whole quotient is `floor(a / b)`"},
  {"xor", "of two conditions, `a != b`"},
  {"transformed", "what follows from the params is a function of their model: `fn scale() = exp(s)`"},
  {"generated", "what is computed after a training follows it: `train … { … }`, then `let y = net(x)`"},
  {"with", "only `grad` and `train` take gradients: there is nothing to switch off or to open"},
};
/* clang-format on */

/* Blocks of Stan, and declarations without their name. */
/* clang-format off */
static const Foreign BLOCKS[] = {
  {"parameters", "what is trained is a param of a model: `model Name() { param w = zeros(3); fn forward(x) = … }`"},
  {"data", "data is a value: `let d = csv(\"table.csv\", target: \"y\")`, or `dataset(x, y)`"},
  {"functions", "a function is declared by itself: `fn name(x) = …`"},
  {"model", "a model has a name: `model Name() { param w = zeros(3); fn forward(x) = … }`"},
  {"optimizer", "a declared optimizer has a name: `optimizer Name(lr = 0.01) { fn step(p, g) { p = p - lr * g } }`"},
};
/* clang-format on */

#define BAG "`mean(e(ids), axis: 1)`, or `sum`, of `let e = Embedding(1000, 16)` and ids [N, n]"
#define VOLUMES                                                                            \
  "convolutions have one or two dimensions; k slices are channels of `Conv2d(k * inputs, " \
  "outputs, 3)`, of `concat([x[:, :, i] for i in 0..k - 1], axis: 1)` and so on"
#define POOLED                                                                        \
  "the slices are channels of `MaxPool2d(2)`, of `reshape(x, n, c * d, h, w)`; then " \
  "`max(reshape(y, n, c, d / 2, 2, h / 2, w / 2), axis: 3)`, or `mean`"
#define SHUFFLED                                                                               \
  "of sizes n c h w: `reshape(permute(reshape(x, n, c, r, r, h, w), 0, 1, 4, 2, 5, 3), n, c, " \
  "h * r, w * r)`"
#define CHANNELS                                                                         \
  "whole channels: `fn(x) = x * d(ones(shape(x)[0], shape(x)[1], 1, 1))` with `let d = " \
  "Dropout(0.2)`"
#define TREES "there are no trees here: train a net, `chain(Dense(4, 32), relu, Dense(32, 3))`"

/* Names that exist in other languages. */
/* clang-format off */
static const Foreign FOREIGN_NAMES[] = {
  {"True", "write `true`"},
  {"False", "write `false`"},
  {"TRUE", "write `true`"},
  {"FALSE", "write `false`"},
  {"None", "write `none`"},
  {"null", "write `none`"},
  {"nil", "write `none`"},
  {"NULL", "write `none`"},
  {"nothing", "write `none`"},
  {"undefined", "write `none`"},
  {"self", "a model's names are known in its methods: write them without a prefix"},
  {"this", "a model's names are known in its methods: write them without a prefix"},
  {"np", "standard names need no module: `zeros(3)`, `exp(x)`"},
  {"numpy", "standard names need no module: `zeros(3)`, `exp(x)`"},
  {"torch", "standard names need no module: `zeros(3)`, `exp(x)`"},
  {"math", "standard names need no module: `sqrt(x)`, `exp(x)`"},
  {"random", "standard names need no module: `rand(3)`, `randn(3)`, `randint(0, 9, 3)`"},
  {"range", "a range has both ends: `for i in 0..n - 1 { … }`"},
  {"dir", "`names()` at the prompt lists what is defined, `gd doc` every standard name"},
  {"clear", "Ctrl-L clears the screen"},
  {"cls", "Ctrl-L clears the screen"},
  {"power", "write `x ^ n`"},
  {"exp2", "write `2 ^ x`"},
  {"dnorm", "`exp(-x^2 / 2) / sqrt(2 * pi)`"},
  {"end", "`x[-1]` is the last element, `x[1:]` all but the first"},
  {"no_grad", "only `train` and `grad` differentiate; `stop_gradient(x)` is constant for them"},
  {"remainder", "write `a % b`, with the sign of b"},
  {"rearrange", "`reshape`, `permute` and `none` between axes: `permute(x, 0, 2, 1)`"},
  {"requires_grad", "`param(x)` is trained; `grad(f)(x)` differentiates by any argument"},
  {"clip_grad_norm_", "a clause of `train` and `update`: `clip: (norm: 1)`"},
  {"clip_grad_value_", "a clause of `train` and `update`: `clip: (value: 0.5)`"},
  {"EarlyStopping", "clauses of `train`: `stop: stalled(val_loss, 5)`, and `keep: best(val_loss)`"},
  {"ModelCheckpoint", "clauses of `train`: `checkpoint: \"run.ckpt\"`, and `keep: best(val_loss)`"},
  {"Identity", "a part that leaves x as it is: `fn(x) = x`"},
  {"Input", "the first layer says how many columns it takes: `chain(Dense(3, 8), relu)`"},
  {"InputLayer", "the first layer says how many columns it takes: `chain(Dense(3, 8), relu)`"},
  {"constant", "a bracket of numbers is a tensor: `[1, 2, 3]`"},
  {"println", "write `print(…)`"},
  {"printf", "write `print(\"… {x:.3f} …\")`"},
  {"array", "a bracket of numbers is a tensor: `[1, 2, 3]`"},
  {"groupby", "of groups g, numbers from 0 to k - 1, the means of v: `one_hot(g, k)' @ v / bincount(g, least: k)`"},
  {"value_counts", "`unique(x, counts: true)` gives the values and how often each occurs; `summary(d)` counts the classes of a data set"},
  {"corr", "of columns [N, D]: `let z = (x - mean(x, axis: 0)) / std(x, axis: 0)`, then `z' @ z / len(x)`"},
  {"corrcoef", "of columns [N, D]: `let z = (x - mean(x, axis: 0)) / std(x, axis: 0)`, then `z' @ z / len(x)`"},
  {"cov", "of columns [N, D]: `let c = x - mean(x, axis: 0)`, then `c' @ c / (len(x) - 1)`"},
  {"mape", "`mean(abs((y - p) / y))`"},
  {"LinearRegression", "`lstsq(x, y)` is least squares; `Dense(inputs, 1)` trained with the loss `mse` has a bias too"},
  {"LogisticRegression", "`Dense(inputs, 1)` trained with `binary_cross_entropy`, or `Dense(inputs, classes)` with `cross_entropy`"},
  {"KMeans", "minimize `mean(min(sum((x[:, none] - c[none])^2, axis: 2), axis: 1))` over the centres, a param c [K, D]"},
  {"PCA", "`svd(x - mean(x, axis: 0))[2]` has the components in its rows"},
  {"RandomForest", TREES},
  {"RandomForestClassifier", TREES},
  {"RandomForestRegressor", TREES},
  {"DecisionTreeClassifier", TREES},
  {"GradientBoostingClassifier", TREES},
  {"XGBClassifier", TREES},
  {"XGBRegressor", TREES},
  {"read_parquet", "tables are read by `csv` and `sqlite`, records by `jsonl`, tensors by `npy`, `npz` and `safetensors`"},
  {"fit_transform", "`Standardize(train_set)` as the first layer scales x; `standardize(train_set, test_set)` scales both"},
  {"inverse_transform", "`Unstandardize(train_set)` as the last layer puts the scale of y back; what `Standardize(x)` as `s` did to x, `z * s.deviation_ + s.mean_` undoes"},
  {"TransformedTargetRegressor", "`Unstandardize(train_set)` as the last layer puts the scale of y back"},
  {"Bilinear", "`einsum(\"ni,oij,nj->no\", a, W, b)`, W a param"},
  {"PairwiseDistance", "`norm(a - b, axis: -1)`"},
  {"CosineSimilarity", "as a loss, 1 minus it, `cosine_loss(a, b)`; itself `1 - cosine_loss(a, b, reduce: \"none\")`"},
  {"ReLU6", "`fn(x) = clamp(x, 0, 6)`"},
  {"relu6", "`clamp(x, 0, 6)`, as a part `fn(x) = clamp(x, 0, 6)`"},
  {"Hardswish", "`fn(x) = x * hardsigmoid(x)`"},
  {"hardswish", "`x * hardsigmoid(x)`, as a part `fn(x) = x * hardsigmoid(x)`"},
  {"GLU", "`let (a, b) = chunk(x, 2, axis: -1)`, and `a * sigmoid(b)`"},
  {"PReLU", "`leaky_relu(x, slope)`, with a param for the slope"},
  {"EmbeddingBag", BAG},
  {"embedding_bag", BAG},
  {"Conv3d", VOLUMES},
  {"Conv3D", VOLUMES},
  {"conv3d", VOLUMES},
  {"MaxPool3d", POOLED},
  {"AvgPool3d", POOLED},
  {"PixelShuffle", SHUFFLED},
  {"pixel_shuffle", SHUFFLED},
  {"Dropout2d", CHANNELS},
  {"SpatialDropout2D", CHANNELS},
  {"ReflectionPad2d", "`fn(x) = pad(x, 0, 0, 0, 0, 1, 1, 1, 1, mode: \"reflect\")`"},
  {"ReplicationPad2d", "`fn(x) = pad(x, 0, 0, 0, 0, 1, 1, 1, 1, mode: \"edge\")`"},
  {"spectral_norm", "in a model, `W / svd(W).1[0]` is W over its largest singular value"},
  {"weight_norm", "in a model, `g * (V / norm(V, axis: 0, keep: true))` is the matrix, g [outputs] and V [inputs, outputs] its params"},
  {"Activation", "a function is a part: `chain(Dense(3, 8), relu)`"},
  {"Lambda", "a function is a part: `chain(Dense(3, 8), fn(x) = 2 * x)`"},
  {"Bidirectional", "`LSTM(3, 8, both: true)` reads both ways"},
  {"TimeDistributed", "layers of the last axis take sequences as they are: `Dense(3, 8)` of [N, T, 3]"},
  {"SeparableConv2D", "`chain(Conv2d(3, 3, 3, groups: 3), Conv2d(3, 8, 1))`"},
  {"DepthwiseConv2D", "`Conv2d(3, 3, 3, groups: 3)`"},
  {"Module", "`model Name(…) { param W = …; fn forward(x) = … }` declares one"},
  {"Model", "`model Name(…) { param W = …; fn forward(x) = … }` declares one"},
  {"DataParallel", "`shards: 8` in `train`, then `gd --workers 4 file.gd`"},
  {"DistributedDataParallel", "`shards: 8` in `train`, then `gd --workers 4 file.gd`"},
  {"LecunNormal", "`normal(inputs, outputs, std: 1 / sqrt(inputs))`"},
  {"TruncatedNormal", "`clamp(normal(3, 4, std: 0.02), -0.04, 0.04)`"},
  {"VarianceScaling", "`he_normal`, `he_uniform`, `xavier_normal`, `xavier_uniform`"},
  {"LambdaLR", "a function of the number of steps made: `Adam(lr: fn(t) = 0.1 / (1 + t))`"},
  {"MultiplicativeLR", "a function of the number of steps made: `Adam(lr: fn(t) = 0.1 * 0.99^t)`"},
  {"LearningRateScheduler", "a function of the number of steps made: `Adam(lr: fn(t) = 0.1 / (1 + t))`"},
  {"AveragedModel", "a clause of `train`: `average: swa(from: 0.75)` or `ema(0.999)`"},
  {"SWALR", "a clause of `train`: `average: swa(from: 0.75)`"},
  {"LambdaCallback", "clauses of `train`: `each_epoch: { … }`, `each_step: { … }`"},
  {"Callback", "clauses of `train`: `each_epoch: { … }`, `each_step: { … }`"},
  {"TensorBoard", "a clause of `train`: `log: \"run.jsonl\"`, or `report: \"run.html\"`"},
  {"CSVLogger", "a clause of `train`: `log: \"run.jsonl\"`, or `report: \"run.html\"`"},
  {"SummaryWriter", "a clause of `train`: `log: \"run.jsonl\"`, or `report: \"run.html\"`"},
  {"MultiSteps", "a clause of `train`: `accumulate: 4`"},
  {"GradientTape", "`grad(f)(x)`; `train` differentiates its loss by itself"},
  {"Optimizer", "`optimizer Name(lr = 0.01) { fn step(p, g) { p = p - lr * g } }` declares one"},
  {"GridSearchCV", "`race net on (x, y) in data { …; settings: (lr: [0.1, 0.01]) }`"},
  {"GradScaler", "gradients are f32 and need no scale"},
  {"MarginRankingLoss", "`mean(relu(margin - y * (a - b)))`"},
  {"GaussianNLLLoss", "`mean(0.5 * (log(variance) + (y - mean)^2 / variance))`"},
  {"SoftMarginLoss", "`mean(softplus(-y * scores))`"},
  {"Rescaling", "a function is a part: `chain(fn(x) = x / 255, Flatten())`"},
  {"Cropping2D", "a function is a part: `fn(x) = x[:, :, 1:-1, 1:-1]`"},
  {"TerminateOnNaN", "a training stops there by itself; `on_divergence: \"stop\"` goes on after it"},
  {"LecunUniform", "`uniform(inputs, outputs, low: -sqrt(3 / inputs), high: sqrt(3 / inputs))`"},
  {"float", "the dtypes are f32, f64, i32, u8 and bool; `number(\"0.5\")` reads a text"},
  {"int", "the dtypes are f32, f64, i32, u8 and bool; `number(\"5\")` reads a text"},
  {"help", "`gd doc NAME` explains a name, and so does `?name` at the prompt"},
};

/* The same, where the name is called: elsewhere it may be any misspelled variable. */
static const Foreign FOREIGN_CALLS[] = {
  {"c", "numbers in brackets are a tensor, `[1, 2]`; `list(1, 2)` has items of any kind"},
  {"seq", "`1..10` is a range with both ends, `arange(0, 1, 0.1)` and `linspace(0, 1, 11)` are tensors"},
  {"rep", "`full(10, value: 0)` repeats a number, `repeat(x, 2)` each element, `tile(x, 2)` the whole"},
  {"matrix", "rows in brackets are a matrix, `[[1, 2], [3, 4]]`; `zeros(2, 3)`; `reshape(x, 2, 3)`"},
  {"paste", "a string holds values in braces: `\"{a} {b}\"`; `join(items, \" \")`"},
  {"paste0", "a string holds values in braces: `\"{a}{b}\"`; `join(items, \"\")`"},
  {"sprintf", "a string holds values in braces: `\"{x:.3f}\"`"},
  {"fprintf", "write `print(\"… {x:.3f} …\")`"},
  {"disp", "write `print(…)`"},
  {"library", "standard names need no library; a file is imported: `import \"lib/blocks.gd\"`"},
  {"ncol", "`shape(x)[1]`"},
  {"sorted", "`sort(x)`, and `sort(x, descending: true)`"},
  {"reversed", "`flip(x)`"},
  {"isinstance", "`type(x) == \"number\"`"},
  {"super", "a model has no other above it: parts are declared in it, `let inner = Dense(2, 2)`"},
  {"lapply", "`map(xs, f)`, or `[f(x) for x in xs]`"},
  {"sapply", "`[f(x) for x in xs]`"},
  {"apply", "functions take whole axes, `mean(x, axis: 1)`; `vmap(f)(x)` is f of each row"},
  {"nchar", "`len(text)`"},
  {"which", "`nonzero(c)`, as indices; a condition is an index too: `x[c]`"},
  {"tic", "`let start = clock()`, then `clock() - start`"},
  {"toc", "`let start = clock()`, then `clock() - start`"},
  {"MLP", "`chain(Dense(2, 16), relu, Dense(16, 1))`"},
  {"mnist", "`idx(path)` reads its files, `digits(n)` draws similar images"},
  {"lm", "`lstsq(x, y)` is least squares; `Dense(inputs, 1)` trained with the loss `mse` has a bias too"},
  {"glm", "`Dense(inputs, 1)` trained with `binary_cross_entropy`, `poisson` or `mse`"},
  {"open", "`read(path)` and `lines(path)` read a text, `write(path, text)` writes one"},
  {"figure", "nothing is opened: `plot(x, y)` draws at once"},
};
/* clang-format on */

static const char *row_of(const Foreign *rows, int count, const char *name) {
  for (int i = 0; i < count; i++)
    if (strcmp(name, rows[i].word) == 0) return rows[i].help;
  return NULL;
}

const char *foreign_name(const char *name) {
  return row_of(FOREIGN_NAMES, COUNT_OF(FOREIGN_NAMES), name);
}

const char *foreign_call(const char *name) {
  return row_of(FOREIGN_CALLS, COUNT_OF(FOREIGN_CALLS), name);
}

static const char *row_of_word(const Foreign *rows, int count, const char *text, size_t length) {
  for (int i = 0; i < count; i++)
    if (strlen(rows[i].word) == length && memcmp(text, rows[i].word, length) == 0)
      return rows[i].help;
  return NULL;
}

const char *foreign_word(const char *text, size_t length) {
  return row_of_word(FOREIGN, COUNT_OF(FOREIGN), text, length);
}

const char *foreign_block(const char *text, size_t length) {
  return row_of_word(BLOCKS, COUNT_OF(BLOCKS), text, length);
}
