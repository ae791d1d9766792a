/* explain.c — the message for a syntax error.
 *
 * The parser passes the token that does not fit, the kinds that would, and the tokens on its stack.
 * The message says what was expected, in words, and what was found; a note shows where an open
 * bracket was opened.  For a known slip (a word of Python or Julia, `=` for `==`, a colon before a
 * block) help says what to write.
 *
 * To add a word of another language: one row of FOREIGN.
 */
#include "lang/syntax/explain.h"
#include "lang/syntax/habit.h"
#include "lang/syntax/node.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static Span span_of(const Parser *b, Token token) {
  return (Span){b->file, token.start, token.end};
}

/* ---- what was expected, in words ---- */

typedef struct Phrase {
  char text[200];
  int count; /* of things named */
} Phrase;

static void name_one(Phrase *phrase, const char *thing) {
  size_t used = strlen(phrase->text);
  snprintf(phrase->text + used, sizeof phrase->text - used, "%s%s", phrase->count ? " or " : "",
           thing);
  phrase->count++;
}

/* Is a line of a train block expected: a clause, `update`, or the end? */
static bool is_clause(const bool *expected) {
  return expected[TOKEN_UPDATE] && expected[TOKEN_RBRACE] && !expected[TOKEN_NUMBER];
}

static void expected_words(const bool *expected, Phrase *phrase) {
  static const struct {
    int kind;
    const char *words;
    bool with_operators;
  } marks[] = {
      {TOKEN_ASSIGN, "`=`", false}, {TOKEN_LBRACE, "`{`", true}, {TOKEN_LP, "`(`", false},
      {TOKEN_IN, "`in`", false},    {TOKEN_COLON, "`:`", false}, {TOKEN_COMMA, "`,`", true},
      {TOKEN_RP, "`)`", true},      {TOKEN_RB, "`]`", true},     {TOKEN_TAIL, "`}`", true},
  };
  bool value = expected[TOKEN_NUMBER], operators = expected[TOKEN_PLUS];
  if (value) name_one(phrase, "a value");
  else if (is_clause(expected)) name_one(phrase, "a line `key: value`");
  else if (expected[TOKEN_NAME]) name_one(phrase, "a name");
  else if (expected[TOKEN_STRING]) name_one(phrase, "a string");
  for (int i = 0; i < COUNT_OF(marks) && phrase->count < 3; i++) {
    bool opens = marks[i].kind == TOKEN_LBRACE || marks[i].kind == TOKEN_LP ||
                 marks[i].kind == TOKEN_COLON;
    if (!expected[marks[i].kind] || (operators && !marks[i].with_operators) ||
        ((value || expected[TOKEN_NAME]) && opens))
      continue;
    name_one(phrase, marks[i].words);
  }
  if (phrase->count == 0 && operators) name_one(phrase, "an operator");
  if (phrase->count < 3 && operators && (expected[TOKEN_NL] || expected[TOKEN_END]))
    name_one(phrase, "the end of the statement");
  if (phrase->count == 0)
    name_one(phrase, expected[TOKEN_RBRACE] ? "`}`" : "the end of the statement");
}

/* ---- slips that are known ---- */

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

static bool token_is(const Parser *b, Token token, const char *word) {
  size_t length = strlen(word);
  return token.kind == TOKEN_NAME && token.end - token.start == length &&
         memcmp(b->lexer.text + token.start, word, length) == 0;
}

static const char *foreign(const Parser *b, Token token) {
  for (int i = 0; i < COUNT_OF(FOREIGN); i++)
    if (token_is(b, token, FOREIGN[i].word)) return FOREIGN[i].help;
  return NULL;
}

/* `function(x) x^2`, `switch (x) {`: the word before the parentheses that the previous token
 * closes. */
static const char *foreign_before(const Parser *b) {
  const char *text = b->lexer.text;
  if (b->previous.kind != TOKEN_RP) return NULL;
  uint32_t at = b->previous.start, end;
  for (int depth = 1; depth && at > 0 && text[at - 1] != '\n'; at--)
    depth += (text[at - 1] == ')') - (text[at - 1] == '(');
  while (at > 0 && text[at - 1] == ' ') at--;
  for (end = at; at > 0 && isalpha((unsigned char)text[at - 1]);) at--;
  return foreign(b, (Token){.kind = TOKEN_NAME, .start = at, .end = end});
}

static const char *help_block(const Parser *b) {
  for (int i = 0; i < COUNT_OF(BLOCKS); i++)
    if (token_is(b, b->previous, BLOCKS[i].word)) return BLOCKS[i].help;
  return NULL;
}

static bool opener(int kind) {
  return kind == TOKEN_LP || kind == TOKEN_LB || kind == TOKEN_LBRACE || kind == TOKEN_HEAD ||
         kind == TOKEN_MID;
}

/* The newest token on the stack that opens a bracket or begins a construct; 0 when there is
 * none.  A bracket that is closed there is passed over. */
static int construct(const SyntaxContext *context) {
  int closed = 0;
  for (int i = 0; i < context->word_count; i++) {
    int kind = context->words[i];
    if (token_flags(kind) & CLOSES) closed++;
    else if (closed && opener(kind)) closed--;
    else if (closed) continue;
    else if (opener(kind) || (token_flags(kind) & (STARTS | SOFT)) || kind == TOKEN_IF ||
             kind == TOKEN_ELSE || kind == TOKEN_FN || kind == TOKEN_NL)
      return kind;
  }
  return 0;
}

/* What stands behind the word with which the line of the token begins; NULL: another word. */
static const char *line_after(const Parser *b, Token token, const char *word) {
  const char *text = b->lexer.text;
  uint32_t at = token.start;
  while (at > 0 && text[at - 1] != '\n' && text[at - 1] != ';') at--;
  const char *line = text + at + strspn(text + at, " ");
  size_t length = strlen(word);
  if (strncmp(line, word, length) != 0 || !strchr(" (\n", line[length])) return NULL;
  return line + length + strspn(line + length, " ");
}

static const char RANGE[] = "a range has both ends: `for i in 0..n - 1 { … }`";
static const char BRACES[] = "a block is written in braces: `{ … }`";
static const char DECLARED[] = "a function is declared with `fn name(…) = …` or `fn name(…) { … }`";
static const char FUNCTION[] = "a function without a name is written `fn(x) = …`";
static const char TARGETS[] = "targets have no brackets: `train net, head on (x, y) in data { … }`";
static const char TITLE[] = "a test has a title: `test \"of what\" { … }`";
static const char ON_DATA[] = "`train net on (x, y) in data { … }`";

/* Help by the word with which the line begins, or NULL. */
static const char *help_line(const Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  const char *train = line_after(b, token, "train");
  if (train && (token.kind == TOKEN_IN || token_is(b, token, "with"))) return ON_DATA;
  if (train && token.kind == TOKEN_LP && b->previous.kind == TOKEN_NAME) return ON_DATA;
  if (train && *train == '(' && token.kind == TOKEN_LBRACE) return TARGETS;
  if (token.kind == TOKEN_LBRACE && token_is(b, b->previous, "update"))
    return "`update` names what it trains: `update w { … }`";
  if (token.kind == TOKEN_LBRACE && token_is(b, b->previous, "race"))
    return "`race` names what it trains: `race net on (x, y) in dataset(x, y) { … }`";
  if (token.kind == TOKEN_LBRACE && token_is(b, b->previous, "test")) return TITLE;
  if (token.kind == TOKEN_LBRACE && help_block(b)) return help_block(b);
  if (token.kind == TOKEN_NAME && b->previous.kind == TOKEN_NAME &&
      token_is(b, b->previous, "test"))
    return TITLE;
  const char *loop = line_after(b, token, "for");
  size_t length = loop && loop < b->lexer.text + token.start
                      ? (size_t)(b->lexer.text + token.start - loop)
                      : 0;
  if (!length || memmem(loop, length, " in ", 4) || memchr(loop, '{', length)) return NULL;
  if (token.kind == TOKEN_ASSIGN) return RANGE;
  return token.kind == TOKEN_COMMA ? "two names have parentheses: `for (i, x) in xs { … }`" : NULL;
}

static bool is_of_name(char c) { return isalnum((unsigned char)c) || c == '_' || c == '.'; }

/* `torch.optim.Adam(lr` before the token: a function of another tool's module is called. */
static bool calls_module(const Parser *b, Token token) {
  const char *text = b->lexer.text;
  uint32_t end = token.start;
  while (end > 0 && text[end - 1] != '(' && text[end - 1] != '\n') end--;
  if (end < 2 || text[end - 1] != '(') return false;
  uint32_t from = --end;
  while (from > 0 && is_of_name(text[from - 1])) from--;
  const char *dot = memchr(text + from, '.', end - from);
  char module[24];
  if (!dot || dot - (text + from) >= (ptrdiff_t)sizeof module) return false;
  snprintf(module, sizeof module, "%.*s", (int)(dot - (text + from)), text + from);
  return habit_module(module);
}

static const char *help_assign(const Parser *b, const SyntaxContext *context, int within) {
  if (context->word_count && context->words[0] == TOKEN_DOTDOT) return RANGE;
  if (within == TOKEN_IF || within == TOKEN_WHILE || within == TOKEN_LB) return "`==` compares";
  if (within == TOKEN_LET) return "names are declared one at a time: `let x = …; let y = …`";
  if (within == TOKEN_LP && calls_module(b, context->token))
    return "a named argument is written `name: value`, and standard names need no module: "
           "`Adam(lr: 0.01)`";
  if (within == TOKEN_LP) return "a named argument is written `name: value`; `==` compares";
  if (context->expected[TOKEN_COLON]) return "a key is written with a colon: `key: value`";
  if (context->word_count && context->words[0] == TOKEN_ASSIGN)
    return "names are assigned one at a time";
  return NULL;
}

/* Three digits, and no fourth. */
static bool is_group(const char *text) {
  for (int i = 0; i < 3; i++)
    if (!isdigit((unsigned char)text[i])) return false;
  return !isdigit((unsigned char)text[3]);
}

static const char *help_colon(const Parser *b, const SyntaxContext *context, int within) {
  bool key = b->previous.kind == TOKEN_STRING || b->previous.kind == TOKEN_NUMBER;
  bool range = b->previous.kind == TOKEN_NUMBER &&
               isalnum((unsigned char)b->lexer.text[context->token.end]);
  if (range && within == TOKEN_FOR) return RANGE;
  if (range && within == TOKEN_LET) return "a range is `1..10`, with both ends";
  if (within == TOKEN_IF || within == TOKEN_WHILE || within == TOKEN_FOR || within == TOKEN_ELSE)
    return BRACES;
  if (within == TOKEN_FN || (context->expected[TOKEN_LBRACE] && context->expected[TOKEN_ASSIGN]))
    return DECLARED;
  if (within == TOKEN_LET) return "a name has no declared type: `let x = …`";
  if (within == TOKEN_LP && b->previous.kind == TOKEN_STRING)
    return "a dict is written `dict((\"a\", 1), (\"b\", 2))`";
  if (within == TOKEN_LB || within == TOKEN_LP) return NULL;
  if (key && within == TOKEN_LBRACE) return "a dict is written `dict((\"a\", 1), (\"b\", 2))`";
  if (within == 0 || within == TOKEN_NL)
    return "a name is declared without a type, `let x = 5`; lines `key: value` belong in the "
           "braces "
           "of train, update or race";
  return context->expected[TOKEN_NL] ? "lines `key: value` belong in the braces of train, update "
                                       "or race; a tuple is `(x: 1, y: 2)`"
                                     : NULL;
}

static bool begins_value(int kind) {
  return kind == TOKEN_NAME || kind == TOKEN_NUMBER || kind == TOKEN_STRING || kind == TOKEN_HEAD;
}

/* Operators of R and Julia that are two tokens here. */
static const char *help_operator(const Parser *b, const SyntaxContext *context) {
  int before = b->previous.kind, kind = context->token.kind;
  if (b->previous.end != context->token.start) return NULL;
  if (before == TOKEN_PERCENT && kind == TOKEN_STAR) return "the matrix product is written `A @ B`";
  if (before == TOKEN_PERCENT && kind == TOKEN_GT) return "`x |> f` is f(x)";
  if (before == TOKEN_PERCENT && kind == TOKEN_PERCENT) return "the remainder is `a % b`";
  if (before == TOKEN_PERCENT && kind == TOKEN_SLASH) return "a whole quotient is `floor(a / b)`";
  if (before == TOKEN_PERCENT && kind == TOKEN_IN) return "write `x in xs`";
  bool all = kind == TOKEN_POW || kind == TOKEN_STAR || kind == TOKEN_SLASH || kind == TOKEN_LP;
  return before == TOKEN_DOT && all
             ? "operators and functions are element by element without a point: `x ^ 2`, `sin(x)`"
             : NULL;
}

static const char STATEMENTS[] =
    "these braces hold lines `key: value`; statements stand in `each_step: { … }` of a `train`";

/* Help for a statement among the lines of a train block, or NULL. */
static const char *help_clause(const Parser *b, const SyntaxContext *context) {
  int kind = context->token.kind;
  bool call = kind == TOKEN_LP && context->expected[TOKEN_COLON] &&
              !context->expected[TOKEN_NUMBER];
  if (call && b->previous.kind == TOKEN_NAME && b->previous.first) return STATEMENTS;
  if (!is_clause(context->expected)) return NULL;
  if (kind == TOKEN_FOR || kind == TOKEN_WHILE)
    return "an `update` is written as often as it is made, or a loop takes the place of `train`: "
           "`for x in batches(data, 32) { update D { … } }`; other statements stand in "
           "`each_step: { … }`";
  bool statement = kind == TOKEN_IF || kind == TOKEN_LET || kind == TOKEN_FN ||
                   kind == TOKEN_RETURN || kind == TOKEN_BREAK || kind == TOKEN_CONTINUE;
  return statement ? STATEMENTS : NULL;
}

/* Help for what follows the head of a declaration wrongly, or NULL. */
static const char *help_head(const Parser *b, const SyntaxContext *context, int within) {
  Token token = context->token;
  bool head = within == TOKEN_LP && line_after(b, token, "model");
  if (head && token.kind == TOKEN_DOT)
    return "a model has no other above it: `model Net() { let inner = Dense(2, 2); … }`";
  bool value = token.kind == TOKEN_NUMBER || token.kind == TOKEN_STRING;
  if (value && b->previous.kind == TOKEN_COLON && (head || line_after(b, token, "fn")))
    return "a parameter has its default behind `=`: `h = 3`";
  if (within == TOKEN_PARAM && token.kind == TOKEN_NL)
    return "a param begins with a value: `param b = zeros(3)`";
  for (int i = 0; i < context->word_count && i < 2; i++)
    if (context->words[i] == TOKEN_ARROW && within == TOKEN_FN)
      return "a function without a name is written `fn(x) = …`; `-> [N, 2]` is the shape of a "
             "result";
  return NULL;
}

/* Help for values that follow each other without a mark between them, or NULL. */
static const char *help_between(const Parser *b, const SyntaxContext *context, int within) {
  Token token = context->token;
  bool empty = b->previous.kind == TOKEN_COMMA || b->previous.kind == TOKEN_LB;
  if (within == TOKEN_LB && empty && (token.kind == TOKEN_RB || token.kind == TOKEN_COMMA))
    return "a whole axis is `:`, as in `x[1, :]`";
  bool called = b->previous.kind == TOKEN_NAME;
  bool prefix = b->previous.end == token.start; /* f"…" */
  if (!begins_value(token.kind) || !context->expected[TOKEN_COMMA] || prefix) return NULL;
  if (within == TOKEN_LP && called)
    return "a call has parentheses, `f(x)`; arguments are separated by commas";
  if (within == TOKEN_LP) return "arguments are separated by commas: `f(1, 2)`";
  return within == TOKEN_LB ? "items are separated by commas: `[1, 2]`" : NULL;
}

/* Help for tokens that are mistakes by themselves, or NULL. */
static const char *help_token(const Parser *b, const SyntaxContext *context, int within) {
  Token token = context->token;
  switch (token.kind) {
    case TOKEN_ASSIGN: return help_assign(b, context, within);
    case TOKEN_COLON: return help_colon(b, context, within);
    case TOKEN_ELSE: return "`else` follows the `}` of an `if`";
    case TOKEN_IF: return "an `if` has a value: `if c { a } else { b }`";
    case TOKEN_NOT: return context->expected[TOKEN_IN] ? "write `not (x in y)`" : NULL;
    case TOKEN_TAIL:
      return context->expected[TOKEN_NUMBER] ? "an expression is expected between the braces; a "
                                               "literal brace is written {{ or }}"
                                             : NULL;
    case TOKEN_COMMA:
      if (context->word_count && context->words[0] == TOKEN_COLON)
        return "clauses are separated by `;` or stand on lines of their own";
      if (b->previous.kind == TOKEN_NUMBER && b->previous.end == token.start &&
          is_group(b->lexer.text + token.end))
        return "digits are grouped with `_`: `1_000`";
      if (within == TOKEN_LET) return "a tuple has parentheses: `let (a, b) = (1, 2)`";
      return context->expected[TOKEN_NL]
                 ? "a tuple has parentheses: `let (a, b) = (1, 2)`, `(a, b) = (b, a)`"
                 : NULL;
    case TOKEN_FOR:
      if (within == TOKEN_FOR && context->expected[TOKEN_RB])
        return "a bracket has one `for`: nest them: `[[f(x, y) for y in ys] for x in xs]`";
      return within == TOKEN_LB || within == TOKEN_LP
                 ? "a list comprehension is `[f(x) for x in xs if c]`"
                 : NULL;
    case TOKEN_AT:
      if (b->lexer.text[token.end] == '(') return FUNCTION;
      return token.first
                 ? "there are no decorators: `let g = vmap(f)` makes one function of another"
                 : NULL;
    case TOKEN_IN:
      return b->previous.kind == TOKEN_LET ? NULL : "`for x in xs { … }` has no parentheses";
    case TOKEN_STAR:
    case TOKEN_POW:
      return within == TOKEN_LP && context->expected[TOKEN_NAME] && !context->expected[TOKEN_NUMBER]
                 ? "what takes the other arguments is the last parameter: `fn f(x, rest...)`"
                 : NULL;
    case TOKEN_PLUS: return "`x += 1` adds to a name";
    case TOKEN_LT: return b->previous.kind == TOKEN_DOTDOT ? RANGE : NULL;
    case TOKEN_ELLIPSIS:
      if (within != TOKEN_LB) return RANGE;
      return "a whole axis is `:`, as in `x[:, :, 0]`; `f(xs...)` spreads";
    case TOKEN_DOTDOT:
      return within == TOKEN_LB ? "a whole axis is `:`, as in `x[:, :, 0]`; `f(xs...)` spreads"
                                : NULL;
    case TOKEN_LP:
      return within == TOKEN_LET && context->expected[TOKEN_ASSIGN]
                 ? "a function is declared with `fn name(…) = …`"
                 : NULL;
    case TOKEN_LBRACE:
      return context->expected[TOKEN_IN] && within != TOKEN_FOR
                 ? "`train net on (x, y) in dataset(x, y) { … }`"
                 : NULL;
    case TOKEN_ARROW: return FUNCTION;
    case TOKEN_NL: /* a `;`: a newline ends nothing within brackets */
      if (within == TOKEN_LB) return "each row has brackets of its own: `[[1, 2], [3, 4]]`";
      break;
    default: break;
  }
  if (token.kind == b->previous.kind && token.kind == TOKEN_PLUS) return "`x += 1` adds to a name";
  if (token.kind == TOKEN_STRING || token.kind == TOKEN_HEAD)
    if (b->previous.end == token.start && b->previous.kind == TOKEN_NAME &&
        token.start - b->previous.start == 1)
      return "strings have no prefix: \"{x}\" is always interpolated";
  if (within == TOKEN_LET && (token.kind == TOKEN_NL || token.kind == TOKEN_END) &&
      context->expected[TOKEN_ASSIGN])
    return "a declared name has a value: `let x = 0`";
  bool block = context->expected[TOKEN_LBRACE] && !context->expected[TOKEN_NUMBER] &&
               token.kind != TOKEN_NL;
  if (block && within == TOKEN_IF) return "a block is written in braces: `if c { a } else { b }`";
  if (block && (within == TOKEN_WHILE || within == TOKEN_FOR)) return BRACES;
  if (block && within == TOKEN_FN) return DECLARED;
  if (b->previous.kind == TOKEN_RP && token.kind == TOKEN_ON) return TARGETS;
  if (b->previous.kind == TOKEN_IMPORT)
    return "the path is written in quotes: `import \"lib/blocks.gd\"`; standard names need no "
           "import";
  return NULL;
}

static const char *help_for(const Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  int within = construct(context);
  const char *help = help_line(b, context);
  if (!help) help = help_operator(b, context);
  if (!help) help = foreign(b, b->previous);
  if (!help) help = foreign(b, token);
  if (!help) help = foreign_before(b);
  if (!help) help = help_clause(b, context);
  if (!help) help = help_head(b, context, within);
  if (!help) help = help_between(b, context, within);
  if (!help) help = help_token(b, context, within);
  if (help) return help;
  if (token.kind == TOKEN_NL && context->expected[TOKEN_LBRACE] && !context->expected[TOKEN_NUMBER])
    return "the `{` of a block belongs on the same line";
  if (context->expected[TOKEN_NL] && b->lexer.text[token.end] == ':' && !token.first)
    return "clauses are separated by `;` or stand on lines of their own";
  bool statement = within == 0 || within == TOKEN_NL || within == TOKEN_LBRACE;
  if (b->previous.kind == TOKEN_NAME && begins_value(token.kind) && statement && !token.first)
    return "a call has parentheses: `f(x)`; statements on one line are separated by `;`";
  return NULL;
}

/* ---- the message ---- */

static const char *bracket_name(const Open *open) {
  return open->kind == TOKEN_LP       ? "("
         : open->kind == TOKEN_LB     ? "["
         : open->kind == TOKEN_LBRACE ? "{"
                                      : "{ }";
}

static void note_open(Parser *b, Diag *diag, const Open *open) {
  if (open->kind == TOKEN_HEAD)
    diag_note(diag, (Span){b->file, open->at, open->at + 1}, "in the string that begins here");
  else
    diag_note(diag, (Span){b->file, open->at, open->at + 1}, "the `%s` opened here is not closed",
              bracket_name(open));
}

/* A closing bracket without an opening one, or of another kind than the open one; false when the
 * token is not a closing bracket. */
static bool explain_closer(Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  if (!(token_flags(token.kind) & CLOSES)) return false;
  const char *shown = token_spelling(token.kind);
  const Lexer *lexer = &b->lexer;
  bool open_inside = token.kind == TOKEN_RBRACE && lexer->unclosed.kind;
  if (open_inside ||
      (lexer->depth > 0 && token.kind != TOKEN_RBRACE && !context->expected[TOKEN_NUMBER])) {
    const Open *open = open_inside ? &lexer->unclosed : &lexer->open[lexer->depth - 1];
    if ((token.kind == TOKEN_RP && open->kind == TOKEN_LP) ||
        (token.kind == TOKEN_RB && open->kind == TOKEN_LB))
      return false;
    Diag *diag = report_error(b->report, span_of(b, token), "`%s` does not close `%s`", shown,
                              bracket_name(open));
    note_open(b, diag, open);
    return true;
  }
  if (lexer->depth > 0 || context->expected[TOKEN_RP] || context->expected[TOKEN_RB] ||
      context->expected[TOKEN_RBRACE])
    return false;
  for (int i = 0; i < context->word_count; i++)
    if (opener(context->words[i])) return false;
  report_error(b->report, span_of(b, token), "`%s` closes nothing: no bracket is open", shown);
  return true;
}

static bool on_line_before(const Parser *b, uint32_t at, uint32_t here) {
  return memchr(b->lexer.text + at, '\n', here > at ? here - at : 0) != NULL;
}

/* Does it follow from an error that was reported: on its line, or, where a bracket is not closed,
 * behind that bracket?  A string that does not end takes the closing bracket with it. */
static bool follows(const Parser *b, Token token) {
  const Lexer *lexer = &b->lexer;
  const Open *open = lexer->depth ? &lexer->open[lexer->depth - 1] : NULL;
  for (int i = 0; i < b->report->count; i++) {
    const Diag *diag = &b->report->items[i];
    if (diag->warning || diag->span.file != b->file || diag->span.start >= token.start) continue;
    if (!on_line_before(b, diag->span.start, token.start)) return true;
    if (open && open->at < diag->span.start && !on_line_before(b, open->at, diag->span.start))
      return true;
  }
  return false;
}

/* The lines of a block whose `{` is missing: clauses, and a `}`. */
static bool in_unopened(Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  if (token.kind == TOKEN_RBRACE && b->unopened) {
    b->unopened = false;
    return true;
  }
  if (token.kind == TOKEN_COLON && b->unopened) return true;
  b->unopened = token.kind == TOKEN_NL && context->expected[TOKEN_LBRACE] &&
                line_after(b, token, "train");
  return false;
}

void explain_syntax(Parser *b, const SyntaxContext *context) {
  if (follows(b, context->token) || in_unopened(b, context)) return;
  if (explain_closer(b, context)) return;
  Token token = context->token;
  Phrase phrase = {0};
  expected_words(context->expected, &phrase);
  char found[NAME_SIZE + 8];
  token_found(b->lexer.text, token, found, sizeof found);
  bool word = (token_flags(token.kind) & WORD) && context->expected[TOKEN_NAME] &&
              !context->expected[TOKEN_NUMBER];
  Diag *diag = word ? report_error(b->report, span_of(b, token),
                                   "expected %s, but %s is a reserved word", phrase.text, found)
                    : report_error(b->report, span_of(b, token), "expected %s, found %s",
                                   phrase.text, found);
  const char *help = help_for(b, context);
  if (help) diag_help(diag, "%s", help);
  const Lexer *lexer = &b->lexer;
  if (lexer->depth == 0) return;
  /* A token that opens a bracket was counted already. */
  int depth = lexer->depth -
              (((token_flags(token.kind) & OPENS) || token.kind == TOKEN_HEAD) ? 1 : 0);
  if (depth == 0) return;
  const Open *open = &lexer->open[depth - 1];
  if (token.kind == TOKEN_END ||
      (open->kind != TOKEN_LBRACE && on_line_before(b, open->at, token.start)))
    note_open(b, diag, open);
}

void explain_nesting(Parser *b, Token token) {
  diag_label(report_error(b->report, span_of(b, token), "nested too deeply"),
             "more than %d levels (limit)", NESTING_LIMIT);
}
