/* habit.c — habits from other tools: members of a value, and module names.
 *
 * In gd a function is written before its argument, and most members of other tools are functions of
 * the same or a similar name (synonym.c), which need no row.  The rows are for what is written
 * differently, or is not needed at all.
 *
 * To add a word: one row; % stands for the value before the point.
 */
#include "lang/syntax/habit.h"

#include <string.h>

typedef struct Habit {
  const char *word, *here;
} Habit;

#define FOURIER                                                                            \
  "there is no FFT; of n values `let k = arange(n)`, `let a = 2 * pi / n * (k[:, none] * " \
  "k[none, :])`: `cos(a) @ %` is the real part, `-sin(a) @ %` the imaginary one"
#define GROUPED                                                                          \
  "the maximum of each of k groups is `max(where(arange(k)[:, none] == index[none, :], " \
  "values[none, :], -inf), axis: 1)`"

/* clang-format off */
static const Habit MEMBERS[] = {
  {"T", "`%'` swaps the last two axes"},
  {"t", "`%'` swaps the last two axes"},
  {"mT", "`%'` swaps the last two axes"},
  {"item", "a tensor of rank 0 is already a number: `%`"},
  {"numpy", "no conversion is needed: every function takes `%` as it is"},
  {"tolist", "no conversion is needed: every function takes `%` as it is"},
  {"values", "no conversion is needed: every function takes `%` as it is"},
  {"contiguous", "every tensor is contiguous: `%`"},
  {"cpu", "there are no devices to move it to: `%`"},
  {"cuda", "there are no devices to move it to: `%`"},
  {"device", "there is one device, the processor"},
  {"to", "there are no devices; `f64(x)`, `i32(x)` convert a tensor, a model is made of f64 after `precision(f64)`"},
  {"dtype", "`dtype(%)` is the dtype; `f32(%)`, `f64(%)`, `i32(%)` convert"},
  {"astype", "`f32(%)`, `f64(%)`, `i32(%)` convert to a dtype"},
  {"type", "`f32(%)`, `f64(%)`, `i32(%)` convert to a dtype"},
  {"float", "`f32(x)` converts a tensor; a model is of f32 unless `precision(f64)` stands above it"},
  {"double", "`f64(x)` converts a tensor; a model is made of f64 after `precision(f64)`"},
  {"half", "`bf16(x)` converts a tensor; params and sums stay f32"},
  {"int", "`i32(%)` converts"},
  {"long", "`i32(%)` converts"},
  {"bool", "`bool(%)` converts"},
  {"backward", "gradients are of functions: `grad(f)(x)`; `train { loss: %; … }` minimises"},
  {"grad", "gradients are of functions: `grad(f)(x)`"},
  {"requires_grad", "`param(%)` is trained; `grad(f)(x)` differentiates by any argument"},
  {"zero_grad", "gradients are not accumulated: there is none to set to zero"},
  {"step", "`update net { loss: …; optimizer: % }` makes a step"},
  {"unsqueeze", "`none` inserts an axis: `%[:, none]`"},
  {"expand_dims", "`none` inserts an axis: `%[:, none]`"},
  {"squeeze", "an index removes an axis: `%[:, 0]`; so does `reshape(%, …)`"},
  {"size", "`shape(%)` is a tuple of sizes, `shape(%)[0]` the first of them; `size(%)` counts the elements"},
  {"repeat", "`tile(%, 2)` repeats it as a whole, `repeat(%, 2)` each element"},
  {"split", "`chunk(%, n)` cuts a tensor into n parts (not parts of n); `split(%, \",\")` is for text"},
  {"flatten", "`reshape(%, -1)` is one axis; `flatten(%)` keeps axis 0"},
  {"ravel", "`reshape(%, -1)` is one axis"},
  {"resize", "`reshape(%, 2, -1)`; `resize` is for images"},
  {"transpose", "`%'` swaps the last two axes; `permute(%, 1, 0, 2)` names all axes in their new order"},
  {"swapaxes", "`%'` swaps the last two axes; `permute(%, 1, 0, 2)` names all axes in their new order"},
  {"movedim", "`permute(%, 1, 0, 2)` names all axes in their new order"},
  {"moveaxis", "`permute(%, 1, 0, 2)` names all axes in their new order"},
  {"gather", "the axis is named: `gather(%, index, axis: 0)`"},
  {"scatter", "the axis is named: `scatter(%, index, values, axis: 0)`"},
  {"scatter_add", "the axis is named: `scatter_add(%, index, values, axis: 0)`; without it whole rows are added"},
  {"index_add", "`scatter_add(%, index, values)` adds rows at the positions; equal positions add up"},
  {"segment_sum", "`scatter_add(zeros(n, d), index, values)`: row k is the sum of the rows of values whose index is k"},
  {"at", "`scatter_add(%, index, values)` adds at the positions, `scatter(%, index, values)` sets what is there"},
  {"index_select", "a tensor of positions is an index: `%[i]`, `%[:, i]`"},
  {"select", "`%[i]`, `%[:, i]` take one along an axis; `select(%, \"a\")` takes columns of a dataset"},
  {"masked_select", "a condition is an index: `%[mask]`"},
  {"masked_fill", "`where(mask, value, %)`"},
  {"where", "the condition comes first: `where(c, %, other)`"},
  {"std", "`std(%)` divides by n, `std(%, ddof: 1)` by n - 1"},
  {"var", "`var(%)` divides by n, `var(%, ddof: 1)` by n - 1"},
  {"multinomial", "`categorical(%)` draws one class a row, from logits"},
  {"normal_", "`assign(%, normal(shape(%), std: 0.1))` sets a param"},
  {"uniform_", "`assign(%, uniform(shape(%), low: -1))` sets a param"},
  {"zero_", "`assign(%, zeros(shape(%)))` sets a param"},
  {"sample", "`shuffle(%)[:n]` takes n rows at random"},
  {"join", "`join(items, \", \")`: the list, then the separator"},
  {"matmul", "`% @ y` is the matrix product"},
  {"mm", "`% @ y` is the matrix product"},
  {"bmm", "`% @ y` is the matrix product"},
  {"dot", "`dot(%, y)` of vectors; `% @ y` is the matrix product"},
  {"add", "`% + y`"},
  {"sub", "`% - y`"},
  {"mul", "`% * y`"},
  {"div", "`% / y`"},
  {"pow", "`% ^ y`"},
  {"eq", "`% == y`"},
  {"equal", "`all(% == y)`"},
  {"clone", "assignment copies values: `let y = %`; `copy(%)` copies a param or model"},
  {"fill_", "`full(shape(%), value: 0)` makes such a tensor"},
  {"append", "`xs = push(%, value)` gives a longer one"},
  {"extend", "`concat(%, ys)` joins both"},
  {"insert", "`concat(%[:i], [value], %[i:])` gives a longer one"},
  {"pop", "`%[-1]` is the last, `%[:-1]` the others"},
  {"items", "`for (key, value) in %` iterates over them"},
  {"format", "a string is interpolated: `\"{x:.3f}\"`"},
  {"fit", "`train % on (x, y) in data { loss: …; optimizer: Adam(); epochs: 10 }` trains it"},
  {"compile", "nothing is compiled: `train % on (x, y) in data { loss: …; optimizer: …; epochs: … }`"},
  {"predict", "`%(x)` applies it to x"},
  {"forward", "`%(x)` calls it"},
  {"eval", "`training` is true only in a training step; `inference(%)` is without it there too"},
  {"train", "`train % on (x, y) in data { … }`; there is no mode to set"},
  {"state_dict", "`parameters(%)` lists names and values; `save(%, path)` writes them"},
  {"load_state_dict", "`load(%, path)` reads them"},
  {"named_parameters", "`parameters(%)` lists names and values"},
  {"weight", "a layer's weights are `%.W`"},
  {"newaxis", "`none` inserts an axis: `x[:, none]`"},
  {"Module", "`model Name(…) { param W = …; fn forward(x) = … }` declares one"},
  {"DataLoader", "`batch:` in `train` makes minibatches; `batches(data, 32)` is for a loop"},
  {"no_grad", "only `train` and `grad` differentiate; `stop_gradient(x)` is constant for them"},
  {"randint_like", "`randint(0, 9, shape(%))` has its shape"},
  {"full_like", "`full(shape(%), value: 2)` has its shape"},
  {"column_stack", "`stack(%, b, axis: 1)` makes columns of vectors"},
  {"vdot", "`dot(%, b)` of vectors"},
  {"tensordot", "`einsum(\"ij,jk->ik\", %, b)`, with a letter for each axis"},
  {"bilinear", "`einsum(\"ni,oij,nj->no\", %, W, b)`"},
  {"pinv", "`lstsq(%, b)` solves by least squares"},
  {"linear", "`% @ W + b`, and as a layer Dense(inputs, outputs)"},
  {"normalize", "`% / norm(%, axis: -1, keep: true)`"},
  {"allclose", "`all(abs(% - b) < 1e-6)`"},
  {"isclose", "`abs(% - b) < 1e-6`"},
  {"array_equal", "`all(% == b)`"},
  {"nan_to_num", "`where(isnan(%), 0, %)`"},
  {"count_nonzero", "`sum(% != 0)`"},
  {"logical_and", "`% and b`"},
  {"logical_or", "`% or b`"},
  {"logical_not", "`not %`"},
  {"diff", "`%[1:] - %[:-1]`"},
  {"isin", "`% in list(1, 2)`"},
  {"is_tensor", "`type(%) == \"tensor\"`"},
  {"cdist", "`norm(%[:, none] - b[none], axis: -1)`"},
  {"pairwise_distance", "`norm(% - b, axis: -1)`"},
  {"cosine_similarity", "as a loss, 1 minus it, `cosine_loss(%, b)`; itself `1 - cosine_loss(%, b, reduce: \"none\")`"},
  {"prelu", "`leaky_relu(%, slope)`, with a param for the slope"},
  {"glu", "`let (a, b) = chunk(%, 2, axis: -1)`, and `a * sigmoid(b)`"},
  {"fft", FOURIER},
  {"rfft", FOURIER},
  {"grid_sample", "`resize(%, h, w)` and `random_rotate` sample images; others by index, `reshape(%, n, c, -1)[:, :, i * w + j]`, bilinearly as a weighted sum of four"},
  {"pixel_unshuffle", "of sizes n c h w: `reshape(permute(reshape(%, n, c, h, r, w, r), 0, 1, 3, 5, 2, 4), n, c * r * r, h, w)`"},
  {"scatter_max", GROUPED},
  {"segment_max", GROUPED},
  {"scatter_reduce", "`scatter_add(zeros(k), index, values)` is the sum of each of k groups; " GROUPED},
  {"scatter_mean", "`scatter_add(zeros(k), index, values) / maximum(bincount(index, least: k), 1)`"},
  {"segment_mean", "`scatter_add(zeros(k), index, values) / maximum(bincount(index, least: k), 1)`"},
  {"gumbel", "`-log(-log(rand(shape(logits))))`"},
  {"gumbel_softmax", "`softmax((logits - log(-log(rand(shape(logits))))) / temperature)`"},
  {"pmap", "`shards: 8` in `train`, then `gd --workers 4 file.gd`"},
  {"lecun_normal", "`normal(inputs, outputs, std: 1 / sqrt(inputs))`"},
  {"trunc_normal_", "`clamp(normal(3, 4, std: 0.02), -0.04, 0.04)`"},
  {"truncated_normal", "`clamp(normal(3, 4, std: 0.02), -0.04, 0.04)`"},
  {"variance_scaling", "`he_normal`, `he_uniform`, `xavier_normal`, `xavier_uniform`"},
  {"clip_by_global_norm", "a clause of `train` and `update`: `clip: (norm: 1)`"},
  {"add_decayed_weights", "`AdamW(lr: 1e-3, weight_decay: 0.01)`"},
  {"apply_updates", "`update net { gradient: g; optimizer: Adam() }` makes a step; `train` makes all of them"},
  {"jit", "nothing is compiled: a step of `train` is recorded once and run as one plan"},
  {"script", "nothing is compiled: a step of `train` is recorded once and run as one plan"},
  {"PRNGKey", "`seed(1)` at the top: draws need no key"},
  {"autocast", "`bf16(x)` rounds; params and sums stay f32"},
  {"fori_loop", "a loop is written: `for i in 0..n - 1 { … }`, `while … { … }`"},
  {"while_loop", "a loop is written: `for i in 0..n - 1 { … }`, `while … { … }`"},
  {"cond", "`if c { a } else { b }`, also in what is differentiated; `where(c, a, b)` by elements"},
  {"subtract", "`% - y`"},
  {"multiply", "`% * y`"},
  {"divide", "`% / y`"},
  {"true_divide", "`% / y`"},
  {"negative", "`-%`"},
  {"reciprocal", "`1 / %`"},
  {"greater", "`% > y`"},
  {"less", "`% < y`"},
  {"mod", "`% % y`, with the sign of y"},
  {"take", "a tensor of positions is an index: `%[i]`, `%[:, i]`"},
  {"ptp", "`max(%) - min(%)`"},
  {"nanmean", "`mean(%[not isnan(%)])`"},
  {"nansum", "`sum(%[not isnan(%)])`"},
  {"deg2rad", "`% * pi / 180`"},
  {"degrees", "`% * 180 / pi`"},
  {"softmin", "`softmax(-%)`"},
  {"margin_ranking_loss", "`mean(relu(margin - y * (% - b)))`"},
  {"gaussian_nll_loss", "`mean(0.5 * (log(variance) + (y - %)^2 / variance))`"},
  {"normal_lpdf", "`-0.5 * ((% - mu) / sigma)^2 - log(sigma) - 0.5 * log(2 * pi)`; a loss is minus the sum of it"},
  {"std_normal_lpdf", "`-0.5 * %^2 - 0.5 * log(2 * pi)`"},
  {"lognormal_lpdf", "`-0.5 * ((log(%) - mu) / sigma)^2 - log(sigma * %) - 0.5 * log(2 * pi)`"},
  {"student_t_lpdf", "`lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * log(nu * pi) - log(sigma) - (nu + 1) / 2 * log1p(((% - mu) / sigma)^2 / nu)`"},
  {"cauchy_lpdf", "`-log(pi * sigma) - log1p(((% - mu) / sigma)^2)`"},
  {"double_exponential_lpdf", "`-abs(% - mu) / sigma - log(2 * sigma)`"},
  {"exponential_lpdf", "`log(rate) - rate * %`"},
  {"gamma_lpdf", "`a * log(b) - lgamma(a) + (a - 1) * log(%) - b * %`"},
  {"inv_gamma_lpdf", "`a * log(b) - lgamma(a) - (a + 1) * log(%) - b / %`"},
  {"beta_lpdf", "`lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * log(%) + (b - 1) * log1p(-%)`"},
  {"weibull_lpdf", "`log(a / sigma) + (a - 1) * log(% / sigma) - (% / sigma)^a`"},
  {"uniform_lpdf", "`-log(high - low)` between the two"},
  {"multi_normal_lpdf", "with `let L = cholesky(S)`: `-0.5 * sum(solve_triangular(L, (% - mu)[:, none])^2) - sum(log(diag(L))) - 0.5 * size(%) * log(2 * pi)`"},
  {"dirichlet_lpdf", "`lgamma(sum(a)) - sum(lgamma(a)) + sum((a - 1) * log(%))`"},
  {"bernoulli_lpmf", "`% * log(p) + (1 - %) * log1p(-p)`"},
  {"bernoulli_logit_lpmf", "`-binary_cross_entropy(logits, %, reduce: \"sum\")`"},
  {"binomial_lpmf", "`lgamma(n + 1) - lgamma(% + 1) - lgamma(n - % + 1) + % * log(p) + (n - %) * log1p(-p)`"},
  {"poisson_lpmf", "`% * log(rate) - rate - lgamma(% + 1)`"},
  {"poisson_log_lpmf", "`% * eta - exp(eta) - lgamma(% + 1)`"},
  {"neg_binomial_2_lpmf", "`lgamma(% + phi) - lgamma(phi) - lgamma(% + 1) + phi * log(phi / (phi + mu)) + % * log(mu / (phi + mu))`"},
  {"categorical_logit_lpmf", "`-cross_entropy(logits, %, reduce: \"sum\")`"},
  {"logit", "`log(% / (1 - %))`"},
  {"log1m", "`log1p(-%)`"},
  {"log1m_exp", "`log(-expm1(%))`"},
  {"log1m_inv_logit", "`log_sigmoid(-%)`"},
  {"log_mix", "`logaddexp(log(%) + a, log1p(-%) + b)`"},
  {"Phi", "`0.5 * erfc(-% / sqrt(2))`"},
  {"rexp", "`-log(rand(5)) / rate`"},
  {"choice", "`%[randint(0, len(%), 5)]`, and without repeats `%[permutation(len(%))[:5]]`"},
  {"soft_margin_loss", "`mean(softplus(-y * %))`"},
  {"squared_error", "`(% - b)^2`, its mean `mse(%, b)`"},
  {"smooth_labels", "an argument of the loss: `cross_entropy(scores, y, smoothing: 0.1)`"},
  {"lecun_uniform", "`uniform(inputs, outputs, low: -sqrt(3 / inputs), high: sqrt(3 / inputs))`"},
  {"device_put", "there are no devices to move tensors to: `%`"},
  {"device_get", "there are no devices to move tensors to: `%`"},
  {"block_until_ready", "nothing runs beside the script: `%` has its value"},
  {"eval_shape", "`shape(%)`; `gd check file.gd` finds shapes without computing"},
  {"incremental_update", "a clause of `train`: `average: ema(0.999)`"},
  {"array", "a bracket of numbers is a tensor: `[1, 2, 3]`"},
  {"asarray", "a bracket of numbers is a tensor: `[1, 2, 3]`"},
};

static const char *const MODULES[] = {
  "np", "numpy", "torch", "nn", "F", "optim", "tf", "tensorflow", "keras", "layers", "jax", "jnp", "flax", "optax", "pd", "pandas",
  "plt", "matplotlib", "math", "random", "linalg", "sklearn", "scipy", "sp", "statistics", "os", "sys",
  "loss", "criterion", "optimizer",
};
/* clang-format on */

/* Without the `_` at the end of PyTorch's names for what changes a tensor in place. */
static bool is_member(const char *word, const char *row) {
  size_t length = strlen(word), plain = length && word[length - 1] == '_' ? length - 1 : length;
  return strcmp(word, row) == 0 || (strncmp(word, row, plain) == 0 && !row[plain]);
}

bool habit_member(const char *word, const char *base, Text *text) {
  for (int i = 0; i < COUNT_OF(MEMBERS); i++) {
    if (!is_member(word, MEMBERS[i].word)) continue;
    for (const char *at = MEMBERS[i].here; *at; at++) {
      if (*at == '%') text_string(text, base);
      else text_char(text, *at);
    }
    return true;
  }
  return false;
}

bool habit_module(const char *word) {
  for (int i = 0; i < COUNT_OF(MODULES); i++)
    if (strcmp(word, MODULES[i]) == 0) return true;
  return false;
}
