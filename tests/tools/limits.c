/* limits.c — how soon gd stops when it is told to, in everything that can take long.
 *
 *   limits GD [NAME…]     runs all rows, or those whose name begins with one of the NAMEs, and
 *                         prints a table
 *
 * A row is a text that prints "go" and then does one thing that takes a second or so on one thread.
 * When gd has worked 150 ms at that thing (40, then 10, where the thing is done sooner), it gets
 * SIGINT (status 130), in a second run SIGALRM, which is how --max-time makes itself heard (124); a
 * third run has a budget of 192 MiB, and must end with 71, or end, or still be at work after two
 * seconds and be interrupted, without ever having been larger than that and what it starts with.  A
 * `train` ends after the step in hand, and at a second SIGINT at once; --max-steps ends what it
 * counts.  What is measured is not the time on the clock, which a loaded machine stretches, but the
 * work that gd does from the signal to its message: the processor time of the process.
 *
 * A row that ends before the signal comes says nothing and fails: its sizes must grow with the
 * machines.  The files that rows read are made when the first of these rows is run, in a folder
 * that goes at the end.
 */
#include "tests/tools/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  MILLISECONDS_BEFORE = 150, /* and 40, and 10 */
  MILLISECONDS_FOR_MEMORY = 2000,
  MILLISECONDS_MOST = 100,
  BUDGET_MIB = 192,
  START_MIB = 96,
  WORK_MOST = 60000
};

typedef struct Row {
  const char *name;
  const char *before; /* what it needs */
  const char *work;   /* what takes long */
} Row;

static const Row ROWS[] = {
    {"Kernels", NULL, NULL},
    {"loop", "fn forever() {\nwhile true { }\n}", "forever()"},
    {"recursion", "fn f(n) = if n == 0 { 1 } else { f(n - 1) + f(n - 1) }", "f(60)"},
    {"one long expression", "let a = rand(1500, 1500)",
     "a @ a @ a @ a @ a @ a @ a @ a @ a @ a @ a @ a"},
    {"product", "let a = rand(3000, 3000)", "a @ a"},
    {"product f64", "precision(f64)\nlet a = rand(2500, 2500)", "a @ a"},
    {"product i32", "let a = randint(0, 9, 2500, 2500)", "a @ a"},
    {"product of a batch", "let a = rand(300, 400, 400)", "a @ a"},
    {"einsum", "let a = rand(2500, 2500)", "einsum(\"ij,kj->ik\", a, a)"},
    {"conv2d", "let x = rand(64, 32, 64, 64)\nlet w = rand(64, 32, 5, 5)",
     "conv2d(x, w, padding: 2)"},
    {"conv_transpose2d", "let x = rand(64, 32, 64, 64)\nlet w = rand(32, 64, 5, 5)",
     "conv_transpose2d(x, w, padding: 2)"},
    {"conv2d, gradient", "let x = rand(64, 32, 64, 64)\nlet w = rand(64, 32, 5, 5)",
     "grad(fn(v) = sum(conv2d(x, v, padding: 2)))(w)"},
    {"max_pool2d", "let x = rand(64, 32, 256, 256)", "max_pool2d(x, 7, stride: 1)"},
    {"avg_pool2d", "let x = rand(64, 32, 256, 256)", "avg_pool2d(x, 7, stride: 1)"},
    {"svd", "let a = rand(1500, 1500)", "svd(a)"},
    {"eigh", "let b = rand(1500, 1500)\nlet a = b + b'", "eigh(a)"},
    {"qr", "let a = rand(2500, 2500)", "qr(a)"},
    {"solve", "let a = rand(3500, 3500)", "solve(a, a)"},
    {"inverse", "let a = rand(3000, 3000)", "inverse(a)"},
    {"det", "let a = rand(5000, 5000)", "det(a)"},
    {"cholesky", "let a = eye(6000) * 2 + 0.0001", "cholesky(a)"},
    {"sort", "let x = rand(40000000)", "sort(x)"},
    {"sort of rows", "let x = rand(40000, 1000)", "sort(x)"},
    {"argsort", "let x = rand(40000000)", "argsort(x)"},
    {"topk", "let x = rand(40000000)", "topk(x, 5)"},
    {"permutation", "", "permutation(80000000)"},
    {"rand", "", "rand(500000000)"},
    {"randn", "", "randn(300000000)"},
    {"randint", "", "randint(0, 9, 500000000)"},
    {"categorical", "let p = rand(2000000, 20)", "categorical(p)"},
    {"cumsum", "let x = rand(300000000)", "cumsum(x)"},
    {"prod", "let x = rand(300000000)", "prod(x)"},
    {"max along axis 0", "let x = rand(30000, 10000)", "max(x, axis: 0) + max(x, axis: 0)"},
    {"logsumexp", "let x = rand(200000000)", "logsumexp(x)"},
    {"softmax", "let x = rand(20000, 10000)", "softmax(x)"},
    {"argmax", "let x = rand(2, 200000000)", "argmax(x, axis: 0) + argmax(x, axis: 0)"},
    {"var", "let x = rand(200000000)", "var(x)"},
    {"elementwise", "let x = rand(200000000)", "lgamma(x)"},
    {"fused", "let x = rand(100000000)",
     "sum(sin(x) * cos(x) + exp(x) * tanh(x) + erf(x) * log1p(x))"},
    {"permute", "let x = rand(16000, 16000)", "x' + 1"},
    {"gather", "let x = rand(40000000)\nlet i = randint(0, 40000000, 80000000)", "x[i]"},
    {"scatter", "let i = randint(0, 10000000, 40000000)",
     "grad(fn(v) = sum(v[i]))(rand(10000000))"},
    {"one_hot", "let i = randint(0, 100, 5000000)", "one_hot(i, 100)"},
    {"roll", "let x = rand(300000000)", "roll(x, 12345)"},
    {"concat", "let x = rand(100000000)", "concat(x, x, x)"},
    {"pad", "let x = rand(16000, 16000)", "pad(x, 3)"},
    {"tril", "let x = rand(16000, 16000)", "tril(x)"},
    {"outer", "let x = rand(20000)", "outer(x, x)"},
    {"equal tensors", "let x = rand(300000000)\nlet y = x + 0", "x == y"},
    {"jacobian", "let w = rand(1500, 1500)", "jacobian(fn(v) = tanh(w @ v))(rand(1500))"},
    {"unique", "let x = randint(0, 1000000, 20000000)", "unique(x)"},
    {"unique, counts", "let x = randint(0, 1000000, 20000000)", "unique(x, counts: true)"},
    {"bincount", "let x = randint(0, 1000000, 100000000)", "bincount(x)"},
    {"nonzero", "let x = rand(100000000)", "nonzero(x)"},
    {"median", "let x = rand(20000000)", "median(x)"},
    {"tile", "let x = rand(10000000)", "tile(x, 30)"},
    {"repeat", "let x = rand(10000000)", "repeat(x, 30)"},
    {"windows", "let x = rand(4000000)", "windows(x, 60)"},
    {"resize", "let x = rand(16, 3, 500, 500)", "resize(x, 2000, 2000)"},
    {"gather along an axis", "let x = rand(4000, 4000)\nlet i = randint(0, 4000, 10000, 4000)",
     "gather(x, i, axis: 0)"},
    {"scatter along an axis",
     "let x = rand(4000, 4000)\nlet v = rand(10000, 4000)\nlet i = randint(0, 4000, 10000, 4000)",
     "scatter(x, i, v, axis: 0)"},
    {"gather along an axis, gradient",
     "let x = rand(4000, 4000)\nlet i = randint(0, 4000, 10000, 4000)",
     "grad(fn(v) = sum(gather(v, i, axis: 0)))(x)"},
    {"gather along one long axis, gradient",
     "let x = rand(40000000)\nlet i = randint(0, 40000000, 40000000)",
     "grad(fn(v) = sum(gather(v, i, axis: 0)))(x)"},
    {"two index tensors", "let x = rand(4000, 4000)\nlet i = randint(0, 4000, 40000000)",
     "x[i, i]"},
    {"cumprod", "let x = rand(100000000)", "cumprod(x)"},
    {"logcumsumexp", "let x = rand(20000000)", "logcumsumexp(x)"},
    {"slogdet", "let a = rand(5000, 5000)", "slogdet(a)"},
    {"lstsq", "let a = rand(20000, 700)\nlet b = rand(20000, 1)", "lstsq(a, b)"},
    {"solve_triangular", "let a = tril(rand(4000, 4000)) + eye(4000) * 4000",
     "solve_triangular(a, a)"},
    {"kron", "let a = rand(150, 150)", "kron(a, a)"},
    {"flip", "let x = rand(300000000)", "flip(x)"},
    {"depthwise convolution", "let x = rand(64, 64, 160, 160)\nlet w = rand(64, 1, 5, 5)",
     "conv2d(x, w, padding: 2, groups: 64)"},
    {"attention", "let q = rand(4, 8, 2000, 64)", "attention(q, q, q)"},
    {"LSTM", "let net = LSTM(64, 512)\nlet x = rand(64, 300, 64)", "net(x)"},
    {"scan", "let x = rand(30000, 200)\nlet w = rand(200, 200)",
     "scan(fn(s, v) = (tanh(s @ w + v), s), rand(200), x)"},
    {"vmap", "let x = rand(20000, 60, 60)", "vmap(fn(a) = sum(tanh(a @ a)))(x)"},
    {"ctc", "let x = rand(128, 600, 80)\nlet y = randint(1, 80, 128, 60)", "ctc(x, y)"},
    {"sample", "let x = rand(40000, 1000)", "sample(x, top_k: 50)"},
    {"random_rotate", "let x = rand(64, 3, 400, 400)", "random_rotate(x)"},
    {"conv2d of 3 by 3", "let x = rand(64, 64, 64, 64)\nlet w = rand(64, 64, 3, 3)",
     "conv2d(x, w, padding: 1)"},
    {"conv2d of 3 by 3, gradients", "let x = rand(64, 64, 64, 64)\nlet w = rand(64, 64, 3, 3)",
     "grad(fn(u, v) = sum(conv2d(u, v, padding: 1) ^ 2), wrt: (0, 1))(x, w)"},
    {"conv1d", "let x = rand(64, 20000, 64)\nlet w = rand(64, 64, 9)", "conv1d(x, w, padding: 4)"},
    {"max_pool2d, gradient", "let x = rand(64, 64, 256, 256)",
     "grad(fn(v) = sum(max_pool2d(v, 2) ^ 2))(x)"},
    {"avg_pool2d, gradient", "let x = rand(64, 32, 256, 256)",
     "grad(fn(v) = sum(avg_pool2d(v, 7, stride: 1) ^ 2))(x)"},
    {"det, gradient", "let a = rand(2500, 2500)", "grad(fn(v) = det(v))(a)"},
    {"svd, gradient", "let a = rand(600, 600)", "grad(fn(v) = sum(svd(v).1 ^ 2))(a)"},
    {"svd of many", "let a = rand(20000, 12, 12)", "svd(a)"},
    {"eigh of many", "let b = rand(40000, 12, 12)", "eigh(b + b)"},
    {"inverse of many", "let a = rand(200000, 8, 8)", "inverse(a)"},
    {"attention, gradient", "let q = rand(4, 8, 1500, 64)",
     "grad(fn(v) = sum(attention(v, v, v) ^ 2))(q)"},
    {"attention f64", "precision(f64)\nlet q = rand(4, 8, 1500, 64)", "attention(q, q, q)"},
    {"softmax, gradient", "let x = rand(20000, 8000)", "grad(fn(v) = sum(softmax(v) ^ 2))(x)"},
    {"norm", "let x = rand(200000000)", "norm(x)"},
    {"quantile", "let x = rand(20000000)", "quantile(x, 0.3)"},
    {"cast", "let x = rand(200000000)", "f64(x)"},
    {"vjp", "let w = rand(3000, 3000)",
     "vjp(fn(v) = tanh(w @ tanh(w @ v)), rand(3000, 1000), rand(3000, 1000))"},
    {"Host functions", NULL, NULL},
    {"map", "", "map(fn(i) = i, 1..50000000)"},
    {"concat of lists", "let xs = map(fn(i) = i, 1..6000000)\nlet ys = concat(xs, xs, xs, xs, xs)",
     "concat(ys, ys, ys)"},
    {"list ==",
     "let xs = map(fn(i) = i, 1..4000000)\nlet ys = concat(xs, xs, xs, xs, xs, xs, xs, xs, "
     "xs)\nlet zs = concat(ys, [])",
     "(ys == zs) == (ys == zs)"},
    {"list in",
     "let xs = map(fn(i) = i, 1..4000000)\nlet ys = concat(xs, xs, xs, xs, xs, xs, xs, xs, xs)",
     "list((-1) in ys, -2 in ys, -3 in ys)"},
    {"list slice", "let xs = map(fn(i) = i, 1..6000000)\nlet ys = concat(xs, xs, xs, xs, xs, xs)",
     "list(ys[::-1], ys[1:], ys[::2])"},
    {"list of a range", "", "tensor(1..50000000)"},
    {"tensor of lists", "let r = map(fn(i) = i, 1..100)\nlet xs = map(fn(i) = r, 1..100000)",
     "tensor(xs)"},
    {"filter", "", "filter(fn(i) = i < 0, 1..50000000)"},
    {"reduce", "", "reduce(fn(a, b) = a + b, 1..50000000)"},
    {"zip", "", "zip(1..20000000, 1..20000000)"},
    {"enumerate", "", "enumerate(1..20000000)"},
    {"push", "let xs = map(fn(i) = i, 1..6000000)\nlet ys = concat(xs, xs, xs, xs, xs, xs)",
     "list(push(ys, 1), push(ys, 2), push(ys, 3))"},
    {"shuffle list", "let xs = map(fn(i) = i, 1..6000000)\nlet ys = concat(xs, xs, xs)",
     "shuffle(ys)"},
    {"list of strings ==",
     "let xs = map(fn(i) = \"{i}\", 1..3000000)\nlet ys = map(fn(i) = \"{i}\", 1..3000000)",
     "map(fn(i) = xs == ys, 1..100)"},
    {"list == tensor", "let xs = map(fn(i) = i, 1..4000000)\nlet y = tensor(xs)", "xs == y"},
    {"in a tensor", "let x = rand(300000000)", "2 in x"},
    {"rows in a tensor", "let x = rand(4000000, 4)\nlet r = x[0] + 2", "r in x"},
    {"join", "", "join(1..50000000, \",\")"},
    {"join of strings",
     "let xs = map(fn(i) = \"{i}\", 1..4000000)\nlet ys = concat(xs, xs, xs, xs, xs)",
     "join(ys, \",\")"},
    {"split", "let s = join(1..4000000, \",\")\nlet t = s + s + s + s", "split(t, \",\")"},
    {"split at blanks", "let s = join(1..4000000, \" \")\nlet t = s + s + s + s", "split(t)"},
    {"replace", "let s = join(1..4000000, \",\")\nlet t = s + s + s + s + s + s",
     "replace(t, \",\", \"; \")"},
    {"replace nothing",
     "let s = join(1..4000000, \",\")\nlet t = s + s + s + s + s + s\nlet u = t + t + t + t + t + "
     "t",
     "list(replace(u, \"999,,\", \"; \"), find(u, \"1,,\"))"},
    {"find",
     "let s = join(1..4000000, \"é\")\nlet t = s + s + s + s + s + s + s + s\nlet u = t + t + t + "
     "t + \"!\"",
     "list(find(u, \"!\"), find(u, \"!\"))"},
    {"in a string",
     "let s = join(1..4000000, \"é\")\nlet t = s + s + s + s + s + s + s + s\nlet u = t + t + t + "
     "t",
     "list(\"!\" in u, \"1é!\" in u, \"999é!\" in u, \"é!\" in u)"},
    {"upper", "let s = join(1..4000000, \"é\")\nlet t = s + s + s + s + s + s", "upper(t)"},
    {"trim",
     "let s = join(map(fn(i) = \"          \", 1..4000000), \"     \")\nlet t = s + s + s + s + s "
     "+ s",
     "trim(t + t)"},
    {"string +", "let s = join(1..4000000, \",\")\nlet t = s + s + s + s + s + s + s + s",
     "t + t + t + t + t + t + t + t + t + t"},
    {"string ==",
     "let s = join(1..4000000, \",\")\nlet t = s + s + s + s + s + s + s + s\nlet u = t + t + t + "
     "t + t + t\nlet v = u + \"\"",
     "list(u == v, u < v, u == v)"},
    {"slice of é",
     "let s = join(1..4000000, \"é\")\nlet t = s + s + s + s + s + s + s + s\nlet u = t + t",
     "list(u[1:100000000], u[1:len(u):2])"},
    {"len of é", "let s = join(1..4000000, \"é\")\nlet t = s + s + s + s + s + s + s + s",
     "len(t + t + t + t + t + t)"},
    {"for in a string",
     "let s = join(1..4000000, \"é\")\nfn go() {\nlet n = 0\nfor c in s { n = n + 1 }\nn\n}",
     "go()"},
    {"interpolation", "let s = join(1..4000000, \",\")\nlet t = s + s + s + s + s + s + s + s",
     "\"{t}{t}{t}{t}{t}{t}\""},
    {"format of a tensor", "let x = rand(8000000)", "\"{x:.3f}\""},
    {"str of lists",
     "let a = map(fn(i) = i, 1..1000)\nlet b = map(fn(i) = a, 1..1000)\nlet c = map(fn(i) = b, "
     "1..1000)",
     "str(c)"},
    {"str of tensors",
     "let a = rand(30, 30)\nlet b = map(fn(i) = a, 1..1000)\nlet c = map(fn(i) = b, 1..1000)",
     "str(c)"},
    {"str of a string in a list", "let s = join(1..4000000, \"{{\")\nlet t = s + s + s + s",
     "str(list(t, t))"},
    {"to_json of a tensor", "let x = rand(30000000)", "to_json(x)"},
    {"to_json of a list", "let xs = map(fn(i) = i, 1..6000000)", "to_json(list(xs, xs, xs))"},
    {"to_json of a string", "let s = join(1..4000000, \"é\")\nlet t = s + s + s + s", "to_json(t)"},
    {"shuffle", "let x = rand(40000000)", "shuffle(x)"},
    {"standardize", "let d = dataset(rand(10000000, 4), rand(10000000))", "standardize(d)"},
    {"moons", "", "moons(20000000)"},
    {"spirals", "", "spirals(20000000)"},
    {"blobs", "", "blobs(20000000)"},
    {"line_data", "", "line_data(40000000)"},
    {"digits", "", "digits(200000)"},
    {"hessian", "let w = rand(1000, 1000)", "hessian(fn(v) = sum(tanh(w @ v)))(rand(1000))"},
    {"hvp", "let w = rand(3000, 3000)",
     "hvp(fn(v) = sum(tanh(w @ tanh(w @ tanh(w @ v)))), rand(3000, 1000), rand(3000, 1000))"},
    {"check_gradient", "let w = rand(300, 300)",
     "check_gradient(fn(v) = sum(tanh(w @ v)), rand(300, 30))"},
    {"auc", "let s = rand(20000000)\nlet l = randint(0, 2, 20000000)", "auc(s, l)"},
    {"confusion_matrix", "let s = rand(8000000, 10)\nlet l = randint(0, 10, 8000000)",
     "confusion_matrix(s, l)"},
    {"deep recursion",
     "fn f(n) = if n == 0 { 0 } else { f(n - 1) }\nfn g() {\nwhile true { f(1000) }\n}", "g()"},
    {"write",
     "let s = join(1..4000000, \",\")\nlet t = s + s + s + s + s + s + s + s + s + s + s + s + s + "
     "s + s + s + s + s + s + s",
     "write(\"limits.txt\", t)"},
    {"save a tensor", "let x = rand(300000000)", "save(x, \"limits.npy\")"},
    {"save a model", "let m = Dense(20000, 20000)", "save(m, \"limits.safetensors\")"},
    {"a dict, filled", "fn fill(n) {\nlet d = dict()\nfor i in 1..n { d[i] = i }\nd\n}",
     "fill(20000000)"},
    {"dict ==",
     "fn fill(n) {\nlet d = dict()\nfor i in 1..n { d[i] = i }\nd\n}\nlet a = fill(2000000)\nlet b "
     "= "
     "fill(2000000)",
     "a == b"},
    {"vocabulary of pieces", "let t = read(\"words.txt\")",
     "Vocabulary(t, kind: \"pairs\", size: 400)"},
    {"encode",
     "let t = read(\"words.txt\")\nlet v = Vocabulary(\"the quick brown fox jumps over the lazy "
     "dög\\n\")",
     "len(v.encode(t))"},
    {"classification_report", "let s = rand(2000000, 10)\nlet l = randint(0, 10, 2000000)",
     "classification_report(s, l)"},
    {"average_precision", "let s = rand(20000000)\nlet l = randint(0, 2, 20000000)",
     "average_precision(s, l)"},
    {"calibration", "let s = rand(20000000)\nlet l = randint(0, 2, 20000000)", "calibration(s, l)"},
    {"folds", "let d = dataset(rand(20000000, 2), rand(20000000))", "folds(d, 5)"},
    {"split of a dataset", "let d = dataset(rand(20000000, 2), randint(0, 3, 20000000))",
     "split(d, 0.7, by: \"y\")"},
    {"summary of a dataset", "let d = dataset(rand(20000000, 2), rand(20000000))", "summary(d)"},
    {"save a dataset", "let d = dataset(rand(5000000, 4), rand(5000000))",
     "save(d, \"limits.csv\")"},
    {"histogram", "let x = rand(100000000)", "histogram(x)"},
    {"scatter_plot", "let x = rand(20000000)", "scatter_plot(x, x)"},
    {"plot", "let x = rand(20000000)", "plot(x)"},
    {"bars", "let x = rand(3000000)", "bars(x)"},
    {"split by very many classes", "let y = randint(0, 5000000, 5000000)\nlet d = dataset(y, y)",
     "split(d, 0.7, by: \"y\")"},
    {"folds by very many classes", "let y = randint(0, 5000000, 5000000)\nlet d = dataset(y, y)",
     "folds(d, 3, by: d.y)"},
    {"show_image", "let x = rand(6000, 6000)", "show_image(x)"},
    {"Files", NULL, NULL},
    {"read", "", "read(\"words.txt\")"},
    {"lines", "", "lines(\"words.txt\")"},
    {"text", "", "text(\"words.txt\")"},
    {"csv", "", "csv(\"numbers.csv\")"},
    {"csv of texts", "", "csv(\"texts.csv\")"},
    {"text packed", "", "text(\"words.txt.gz\")"},
    {"idx packed", "", "idx(\"whole.idx.gz\")"},
    {"npy of i64", "", "npy(\"whole.npy\")"},
    {"npy by columns", "", "npy(\"fortran.npy\")"},
    {"json", "", "json(\"numbers.json\")"},
    {"json of objects", "", "json(\"objects.json\")"},
    {"import", "import \"long.gd\"", "1"},
    {"load", "let m = Dense(12000, 12000)\nsave(m, \"limits.safetensors\")",
     "list(load(m, \"limits.safetensors\"), load(m, \"limits.safetensors\"), load(m, "
     "\"limits.safetensors\"), load(m, \"limits.safetensors\"))"},
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

/* ---- files to read ---- */

typedef struct Made {
  const char *name, *head;
  size_t head_bytes; /* 0: to its NUL */
  const char *body;  /* repeated; NULL: zero bytes */
  long times;
  const char *tail;
} Made;

/* FORTRAN takes five letters, so that the head has its 118 */
#define NPY_HEAD(DESCR, FORTRAN)                                       \
  "\x93NUMPY\1\0\x76\0{'descr': '" DESCR "', 'fortran_order':" FORTRAN \
  ", 'shape': (4000, 8000), }                                                    \n"
static const Made FILES[] = {
    {"words.txt", "", 0, "the quick brown fox jumps over the lazy dög\n", 5500000, ""},
    {"numbers.csv", "a,b,c,d\n", 0, "1.25,2.5e3,-17,0.001\n", 4000000, ""},
    {"texts.csv", "a,b\n", 0, "red,1\ngreen,2\nblue,3\n", 3000000, ""},
    {"whole.idx", "\0\0\x0c\1\x03\0\0\0", 8, NULL, 3l << 26, ""},
    {"whole.npy", NPY_HEAD("<i8", " False"), 128, NULL, 256000000, ""},
    {"fortran.npy", NPY_HEAD("<f8", "  True"), 128, NULL, 256000000, ""},
    {"numbers.json", "[0", 0, ", 1.5", 16000000, "]"},
    {"objects.json", "[{}", 0, ", {\"name\": \"x\", \"value\": [1, 2]}", 1500000, "]"},
    {"long.gd", "let xs = [0", 0, ", 1.5", 4000000, "]\n"},
};

static void make_file(const Made *made) {
  static const char zeros[1 << 16];
  FILE *file = fopen(made->name, "w");
  if (!file) exit(73);
  fwrite(made->head, 1, made->head_bytes ? made->head_bytes : strlen(made->head), file);
  for (long i = 0; made->body && i < made->times; i++) fputs(made->body, file);
  for (long left = made->body ? 0 : made->times; left > 0; left -= (long)sizeof zeros)
    fwrite(zeros, 1, left < (long)sizeof zeros ? (size_t)left : sizeof zeros, file);
  fputs(made->tail, file);
  if (fclose(file) != 0) exit(74);
}

/* Makes the file whose name the text holds, packed where it says so, if it is not there. */
static void make_files_of(const char *text) {
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    char packed[64], command[200];
    const char *at = strstr(text, FILES[i].name);
    if (!at) continue;
    if (access(FILES[i].name, F_OK) != 0) make_file(&FILES[i]);
    snprintf(packed, sizeof packed, "%s.gz", FILES[i].name);
    snprintf(command, sizeof command, "gzip -1 -c %s > %s", FILES[i].name, packed);
    if (strncmp(at, packed, strlen(packed)) == 0 && access(packed, F_OK) != 0 &&
        system(command) != 0)
      exit(74);
  }
}

/* ---- a run of gd ---- */

typedef struct Run {
  pid_t process;
  int out, told;  /* pipes from its standard output and standard error */
  clockid_t work; /* its processor time */
} Run;

typedef struct End {
  bool early;    /* it ended before it was told to */
  bool deaf;     /* it did not end at all */
  double before; /* milliseconds of work until it was told */
  int status;
  double milliseconds; /* of work, from the signal to the message */
  long kib;            /* its largest size */
  char message[400];   /* the beginning of what it said */
} End;

static double milliseconds(clockid_t clock) {
  struct timespec now;
  return clock_gettime(clock, &now) ? -1 : 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static Run start(const char *gd, const char *option, const char *text) {
  int out[2], told[2];
  if (pipe2(out, O_CLOEXEC) || pipe2(told, O_CLOEXEC)) exit(71);
  Run run = {.process = fork(), .out = out[0], .told = told[0]};
  if (run.process < 0) exit(71);
  if (run.process == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(told[1], STDERR_FILENO);
    execl(gd, gd, "--threads", "1", option, "-e", text, (char *)NULL);
    _exit(127);
  }
  close(out[1]);
  close(told[1]);
  if (clock_getcpuclockid(run.process, &run.work)) exit(71);
  return run;
}

/* Waits until it prints "go"; false when it ended without. */
static bool wait_for_go(const Run *run) {
  char text[8];
  return read(run->out, text, sizeof text) > 0;
}

/* Waits for so much more work, or for its message; true when it is still at work. */
static bool wait_for_work(const Run *run, double most) {
  double from = milliseconds(run->work);
  struct pollfd told = {.fd = run->told, .events = POLLIN};
  while (milliseconds(run->work) - from < most)
    if (poll(&told, 1, 5) > 0) return false;
  return true;
}

static End finish(Run *run, double from) {
  End end = {.deaf = wait_for_work(run, WORK_MOST)};
  end.milliseconds = milliseconds(run->work) - from;
  if (end.deaf) kill(run->process, SIGKILL);
  ssize_t got = read(run->told, end.message, sizeof end.message - 1);
  end.message[got > 0 ? got : 0] = 0;
  char rest[4096];
  while (read(run->told, rest, sizeof rest) > 0) continue;
  struct rusage usage;
  int status = 0;
  while (wait4(run->process, &status, 0, &usage) < 0 && errno == EINTR) continue;
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  end.kib = usage.ru_maxrss;
  close(run->out);
  close(run->told);
  return end;
}

static End run_row(const char *gd, const Row *row, const char *option, int signal, double before) {
  char text[2000];
  bool imports = strncmp(row->before, "import", 6) ==
                 0; /* done before anything runs: it goes as soon as it starts */
  if (imports) snprintf(text, sizeof text, "%s\n", row->before);
  else
    snprintf(text, sizeof text, "%s\nprint(\"go\")\nlet done = %s\nprint(len(str(done)))\n",
             row->before, row->work);
  Run run = start(gd, option, text);
  bool under_way = (imports || wait_for_go(&run)) && wait_for_work(&run, before);
  double from = milliseconds(run.work);
  if (under_way) kill(run.process, signal);
  End end = finish(&run, from);
  end.early = !under_way;
  end.before = before;
  return end;
}

/* A row told after 150 ms of work, sooner where it is done by then. */
static End told_row(const char *gd, const Row *row, const char *option, int signal) {
  End end;
  double before = MILLISECONDS_BEFORE;
  do {
    end = run_row(gd, row, option, signal, before);
    before = before > 100 ? 40 : 10;
  } while (end.early && end.status == 0 && end.before > 10);
  return end;
}

/* ---- training, and steps ---- */

/* A text that prints "go" when it is under way. */
typedef struct Limited {
  const char *name;
  const char *text;
  const char *option;
  /* how many SIGINT it gets, after so much work each; 0: it ends by its option */
  int signals;
  int status;
  /* milliseconds of work, from the last signal (from "go" when there is none) to the message */
  double most;
} Limited;

#define SLOW                                                                                     \
  "let w = param(rand(1400, 1400))\n"                                                            \
  "print(\"go\")\n"                                                                              \
  "let h = train w { loss: sum(tanh(w @ w @ w @ w @ w @ w @ w @ w) ^ 2); optimizer: GD(lr: 0); " \
  "steps: 1e9; quiet: true; checkpoint: \"limits.gdc\" "                                         \
  "}\nassert(exists(\"limits.gdc\"))\nprint(h.stopped)\n"
#define TRIVIAL(MORE)                                                                       \
  "let w = param(1)\nlet v = rand(100)\n"                                                   \
  "print(\"go\")\n"                                                                         \
  "let h = train w on x in dataset(v) { loss: (w - mean(x)) ^ 2; optimizer: GD(lr: 0.01); " \
  "epochs: 1e12; quiet: true" MORE " }\nprint(h.stopped)\n"
#define FOREVER "fn forever() {\nwhile true { }\n}\n"
static const Limited LIMITED[] = {
    {"Training: signals", NULL, NULL, 0, 0, 0},
    {"slow steps, once", SLOW, "--color=never", 1, 130,
     4000}, /* the step in hand, and writing the checkpoint */
    {"slow steps, twice", SLOW, "--color=never", 2, 130, 100},
    {"trivial steps", TRIVIAL(""), "--color=never", 1, 130, 100},
    {"validation", TRIVIAL("; validate: dataset(rand(20000000)); batch: 100"), "--color=never", 1,
     130, 100},
    {"each_step for ever, twice", FOREVER TRIVIAL("; each_step: { forever() }"), "--color=never", 2,
     130, 100},
    {"each_epoch for ever, twice", FOREVER TRIVIAL("; each_epoch: { forever() }"), "--color=never",
     2, 130, 100},
    {"keep for ever, twice", FOREVER TRIVIAL("; keep: best(forever())"), "--color=never", 2, 130,
     100},
    {"stop for ever, twice", FOREVER TRIVIAL("; stop: forever() == 1"), "--color=never", 2, 130,
     100},
    {"update in a loop",
     "let w = param(1)\nprint(\"go\")\nwhile true { update w { loss: (w - 3) ^ 2; optimizer: "
     "GD(lr: 0.1) } }\n",
     "--color=never", 1, 130, 100},
    {"Training: --max-time", NULL, NULL, 0, 0, 0},
    {"time, slow steps", SLOW, "--max-time=0.5", 0, 124, 5000},
    {"time, trivial steps", TRIVIAL(""), "--max-time=0.3", 0, 124, 400},
    {"time, validation", TRIVIAL("; validate: dataset(rand(20000000)); batch: 100"),
     "--max-time=0.5", 0, 124, 600},
    {"time, each_step for ever", FOREVER TRIVIAL("; each_step: { forever() }"), "--max-time=0.3", 0,
     124, 1400}, /* a second of grace */
    {"time, keep for ever", FOREVER TRIVIAL("; keep: best(forever())"), "--max-time=0.3", 0, 124,
     1400},
    {"--max-steps", NULL, NULL, 0, 0, 0},
    {"steps, loop", "print(\"go\")\nwhile true { }\n", "--max-steps=1000", 0, 124, 100},
    {"steps, for", "print(\"go\")\nfor i in 1..1e15 { }\n", "--max-steps=1000", 0, 124, 100},
    {"steps, recursion",
     "fn f(n) = if n == 0 { 1 } else { f(n - 1) + f(n - 1) }\nprint(\"go\")\nf(60)\n",
     "--max-steps=1000", 0, 124, 100},
    {"steps, map", "print(\"go\")\nmap(fn(i) = i, 1..1e9)\n", "--max-steps=1000", 0, 124, 100},
    {"steps, filter", "print(\"go\")\nfilter(fn(i) = false, 1..1e9)\n", "--max-steps=1000", 0, 124,
     100},
    {"steps, reduce", "print(\"go\")\nreduce(fn(a, b) = a + b, 1..1e9)\n", "--max-steps=1000", 0,
     124, 100},
    {"steps, train", TRIVIAL(""), "--max-steps=1000", 0, 124, 200},
    {"steps, each_step", FOREVER TRIVIAL("; each_step: { forever() }"), "--max-steps=1000", 0, 124,
     1000}, /* a million steps of grace */
    {"steps, update",
     "let w = param(1)\nprint(\"go\")\nwhile true { update w { loss: (w - 3) ^ 2; optimizer: "
     "GD(lr: 0.1) } }\n",
     "--max-steps=1000", 0, 124, 500},
};
enum { LIMITED_COUNT = sizeof LIMITED / sizeof *LIMITED };

static End run_limited(const char *gd, const Limited *row) {
  unlink("limits.gdc");
  Run run = start(gd, row->option, row->text);
  bool under_way = wait_for_go(&run);
  double from = milliseconds(run.work);
  for (int i = 0; i < row->signals && under_way; i++) {
    under_way = wait_for_work(&run, i ? 20 : MILLISECONDS_BEFORE);
    from = milliseconds(run.work);
    if (under_way) kill(run.process, SIGINT);
  }
  End end = finish(&run, from);
  end.early = !under_way;
  return end;
}

/* ---- the table ---- */

static int wrong;

static void judge(const char *name, const char *how, const End *end, int status, double most) {
  bool good = !end->early && !end->deaf && end->status == status && end->milliseconds <= most;
  printf("  %7.1f%s", end->early ? 0 : end->milliseconds, good ? " " : "!");
  if (good) return;
  wrong++;
  fprintf(stderr, "%s, %s: %s, status %d after %.0f ms of work: %.300s\n", name, how,
          end->early  ? "ended before the signal"
          : end->deaf ? "did not end"
                      : "ended",
          end->status, end->milliseconds, end->message);
}

static void judge_memory(const Row *row, const End *end) {
  long most = 1024L * (BUDGET_MIB + START_MIB);
  bool good = (end->status == 71 || end->status == 130 || end->status == 0 || end->status == 65) &&
              end->kib <= most;
  printf("  %7ld%s\n", end->kib / 1024, good ? " " : "!");
  if (good) return;
  wrong++;
  fprintf(stderr, "%s, --max-memory: status %d, %ld MiB: %.300s\n", row->name, end->status,
          end->kib / 1024, end->message);
}

static bool asked_for(const char *name, char **words, int count) {
  for (int i = 0; i < count; i++)
    if (strncmp(name, words[i], strlen(words[i])) == 0) return true;
  return count == 0;
}

static void clean_up(const char *folder) {
  static const char *const written[] = {"limits.txt",     "limits.npy", "limits.safetensors",
                                        "limits.csv",     "limits.gdc", "limits.gdc.previous",
                                        "limits.gdc.lock"};
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) unlink(written[i]);
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    char packed[64];
    snprintf(packed, sizeof packed, "%s.gz", FILES[i].name);
    unlink(FILES[i].name), unlink(packed);
  }
  if (chdir("/") == 0 && rmdir(folder) != 0) fprintf(stderr, "%s is not empty\n", folder);
}

int main(int count, char **words) {
  if (count < 2) return 2;
  char gd[4096], folder[SCRATCH_PATH], memory[40];
  if (!realpath(words[1], gd) || !scratch_make(folder, "limits") || chdir(folder)) return 71;
  snprintf(memory, sizeof memory, "--max-memory=%dM", BUDGET_MIB);
  printf("%-26s  %8s  %8s  %8s\n", "ms of work, MiB", "SIGINT", "time", "memory");
  for (int i = 0; i < ROW_COUNT; i++) {
    const Row *row = &ROWS[i];
    if (!row->work && count == 2) printf("%s\n", row->name);
    if (!row->work || !asked_for(row->name, words + 2, count - 2)) continue;
    printf("%-26s", row->name);
    make_files_of(row->before);
    make_files_of(row->work);
    End end = told_row(gd, row, "--color=never", SIGINT);
    judge(row->name, "SIGINT", &end, 130, MILLISECONDS_MOST);
    end = told_row(gd, row, "--max-time=100000", SIGALRM);
    judge(row->name, "--max-time", &end, 124, MILLISECONDS_MOST);
    end = run_row(gd, row, memory, SIGINT, MILLISECONDS_FOR_MEMORY);
    judge_memory(row, &end);
    fflush(stdout);
  }
  for (int i = 0; i < LIMITED_COUNT; i++) {
    const Limited *row = &LIMITED[i];
    if (!row->text && count == 2) printf("%s\n", row->name);
    if (!row->text || !asked_for(row->name, words + 2, count - 2)) continue;
    printf("%-26s", row->name);
    End end = run_limited(gd, row);
    judge(row->name, row->option, &end, row->status, row->most);
    printf("\n");
    fflush(stdout);
  }
  clean_up(folder);
  printf(wrong ? "%d of the limits do not hold\n" : "all limits hold\n", wrong);
  return wrong != 0;
}
