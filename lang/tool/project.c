/* project.c — `gd new NAME`: a program that trains, a model with its tests, and a page about both.
 *
 * The folder must not exist yet.  If a file cannot be written, the earlier ones stay, and an error
 * is reported.
 */
#include "lang/tool/project.h"
#include "runtime/files.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char MAIN[] =
    "# Trains net.gd's model on drawn data, prints its accuracy on held-out rows, and saves "
    "it.\n"
    "# `gd main.gd --help` lists its options, `gd test` runs its tests.\n"
    "import \"net.gd\"\n"
    "\n"
    "## the learning rate\n"
    "let lr = option(\"lr\", 0.02)\n"
    "## passes over the data\n"
    "let epochs = option(\"epochs\", 60)\n"
    "\n"
    "seed(1)\n"
    "# For your own table: let data = csv(\"data.csv\", target: \"y\"); `save(…, data: data)` then "
    "keeps its\n"
    "# columns in the file, and `gd predict` reads new rows in the same way.\n"
    "let data = moons(400, noise: 0.1)\n"
    "let (rest, held) = split(shuffle(data), 0.8)\n"
    "let model = net.Net(2, 2, hidden: 16)\n"
    "\n"
    "let history = train model on (x, y) in rest {\n"
    "  loss: cross_entropy(model(x), y)\n"
    "  optimizer: Adam(lr: lr)\n"
    "  metrics: (accuracy: accuracy(model(x), y))\n"
    "  validate: held\n"
    "  keep: best(val_loss)\n"
    "  batch: 32\n"
    "  epochs: epochs\n"
    "}\n"
    "\n"
    "print(\"accuracy on held-out rows: {accuracy(model(held.x), held.y):.3f}\")\n"
    "save(model, \"{here}/net.safetensors\")\n";

static const char NET[] =
    "# The model and its tests.\n"
    "\n"
    "## A perceptron with one hidden layer: x [N, inputs] gives scores [N, classes].\n"
    "model Net(inputs, classes, hidden = 16) {\n"
    "  let first = Dense(inputs, hidden)\n"
    "  let second = Dense(hidden, classes)\n"
    "  fn forward(x: [N, inputs]) -> [N, classes] = x |> first |> tanh |> second\n"
    "}\n"
    "\n"
    "test \"a score for each class\" {\n"
    "  assert(shape(Net(3, 2)(zeros(5, 3))) == (5, 2))\n"
    "}\n"
    "\n"
    "test \"its gradient is right\" {\n"
    "  precision(f64)\n"
    "  let (net, x) = (Net(2, 2, hidden: 3), randn(4, 2))\n"
    "  assert(check_gradient(fn(rows) = cross_entropy(net(rows), [0, 1, 1, 0]), x))\n"
    "  precision(f32)\n"
    "}\n";

static const char PAGE[] =
    "# %s\n"
    "\n"
    "    gd main.gd              trains, and saves net.safetensors\n"
    "    gd main.gd --lr 0.05    with another rate; `gd main.gd --help` lists the options\n"
    "    gd check --strict .     names, arguments and shapes, without running\n"
    "    gd test net.gd          the tests\n"
    "    gd doc first_steps      the guide\n";

static const char IGNORED[] = "*.safetensors\n*.ckpt*\n";

/* A folder that is made here: one name, no path. */
static bool is_name(const char *name) {
  if (!isalnum((unsigned char)*name) && *name != '_') return false;
  for (const char *at = name; *at; at++)
    if (!isalnum((unsigned char)*at) && !strchr("_-.", *at) && !((unsigned char)*at & 0x80))
      return false;
  return strlen(name) <= 100;
}

static bool put(Session *session, const char *folder, const char *name, const char *text,
                Diag *diag) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return file_write(&session->vm->files, path, text, strlen(text), diag);
}

int project_new(Session *session, const char *name) {
  Diag diag = {0};
  if (!is_name(name)) {
    diag_fail(&diag, STATUS_USAGE, (Span){0}, "`%.100s` is not a valid name for a project", name);
    diag_help(&diag, "letters, digits, `_`, `-` and `.`; it is made in the working directory");
  } else if (mkdir(name, 0777) != 0) {
    diag_fail(&diag, STATUS_CREATE, (Span){0}, "%.100s: %s", name, strerror(errno));
    if (errno == EEXIST)
      diag_help(&diag, "existing files are not overwritten: choose another name");
  }
  Text page = {0};
  text_format(&page, PAGE, name);
  bool fine = !diag.status && put(session, name, "main.gd", MAIN, &diag) &&
              put(session, name, "net.gd", NET, &diag) &&
              put(session, name, "README.md", page.data, &diag) &&
              put(session, name, ".gitignore", IGNORED, &diag);
  text_free(&page);
  if (!fine) session_say(session, &diag);
  else printf("%s is ready: cd %s && gd main.gd\n", name, name);
  return diag.status;
}
