/* builtin_picture.c — picture(marks, …): draws marks in the terminal, or into an SVG or PNG file.
 *
 * The functions that scripts call (plot, scatter_plot, contour …) are written in gd, in
 * stdlib/pictures.gd, and make the marks: dicts or tuples with names, each with its `kind` and its
 * arrays.  This file reads them into a Picture (runtime/picture) and chooses a pen: the terminal's
 * without `save:`, otherwise by the extension of the path.
 *
 * In a notebook a picture without `save:` is an SVG in the output.
 *
 * The width is that of the terminal on standard output; without a terminal a picture has 80 columns
 * and no colour.
 */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"
#include "lang/values/dict.h"
#include "runtime/files.h"
#include "runtime/pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The places of picture()'s arguments in builtin.def. */
enum {
  MARKS,
  TITLE,
  X_LABEL,
  Y_LABEL,
  LOG,
  X_LIMITS,
  Y_LIMITS,
  X_NAMES,
  Y_NAMES,
  SAVE,
  WIDTH,
  HEIGHT
};

enum {
  COLUMNS_MOST = 1000,
  COLUMNS_USUAL = 80,
  COLUMNS_WIDEST = 100, /* of a picture whose width is not given, however wide the terminal */
  PIXELS_MOST = 10000,
  PIXELS_WIDE = 640,
  PIXELS_HIGH = 400 /* of a drawing whose size is not given */
};

/* What is held while values of the script are read. */
typedef struct Drawing {
  Held held; /* first */
  Picture picture;
  Pen *pen;               /* or NULL */
  void (*drop)(Pen *pen); /* frees it */
  Text text;              /* what goes to the terminal or the file */
} Drawing;

static void drawing_free(Held *held) {
  Drawing *drawing = (Drawing *)held;
  if (drawing->pen) drawing->drop(drawing->pen);
  picture_free(&drawing->picture);
  text_free(&drawing->text);
  mem_free(drawing);
}

/* ---- marks ---- */

static bool absent(Value arg) { return arg.kind == KIND_UNSET || arg.kind == KIND_NONE; }

/* A field of a mark, or NULL. */
static const Value *field(Value mark, const char *name) {
  if (mark.kind == KIND_DICT) return dict_find_text(mark.dict, name, strlen(name));
  if (mark.kind == KIND_TUPLE && mark.tuple->names)
    for (int i = 0; i < mark.tuple->count; i++)
      if (mark.tuple->names[i] && strcmp(mark.tuple->names[i], name) == 0)
        return &mark.tuple->items[i];
  return NULL;
}

/* The numbers of a field, copied; their shape at *shape.  NULL where the mark has no such field. */
static double *numbers(Vm *vm, Span span, Picture *picture, Value mark, const char *name,
                       Shape *shape) {
  const Value *value = field(mark, name);
  if (!value || value->kind == KIND_NONE) return NULL;
  if (!value_is_tensor(*value) && value->kind != KIND_LIST)
    raise_kind(vm, span, *value, "x, y, z and box of a mark must be tensors", NULL);
  Value made = tensor_of(vm, &(CallSite){.span = span}, *value);
  Tensor tensor = trace_elements(vm, made, span);
  value_release(vm, made);
  *shape = tensor.shape;
  size_t count = (size_t)tensor_count(&tensor);
  double *copy = arena_take(&picture->arena, count * sizeof *copy + 1);
  for (size_t i = 0; i < count && !vm_stops(vm); i++) copy[i] = tensor_get(&tensor, (int64_t)i);
  tensor_release(&tensor);
  vm_poll_signals(vm);
  return copy;
}

static MarkKind kind_of(Vm *vm, Span span, Value mark) {
  static const char *const names[MARK_KINDS] = {"line",   "points",  "bars",  "band",
                                                "levels", "regions", "table", "image"};
  const Value *kind = field(mark, "kind");
  for (int i = 0; kind && kind->kind == KIND_STRING && i < MARK_KINDS; i++)
    if (strcmp(kind->string->data, names[i]) == 0) return (MarkKind)i;
  raise_help(vm, span, "line, points, bars, band, levels, regions, table, image",
             "a mark must be a dict or a tuple with names, with one of eight values of `kind`");
}

static const char *copied(Picture *picture, const Value *value) {
  if (!value || value->kind != KIND_STRING) return NULL;
  return arena_text(&picture->arena, value->string->data, value->string->length);
}

static void read_points(Vm *vm, Span span, Picture *picture, Mark *mark, Value from) {
  static const char *const names[] = {"x", "y", "z"};
  const double *read[3];
  bool wants_z = mark->kind == MARK_BARS || mark->kind == MARK_BAND;
  for (int i = 0; i < 3; i++) {
    Shape shape;
    if (i == 2 && !wants_z) continue;
    read[i] = numbers(vm, span, picture, from, names[i], &shape);
    if (!read[i] || shape.rank != 1)
      raise_at(vm, span, "a mark of this kind needs `%s`, a tensor with one axis", names[i]);
    if (i > 0 && (size_t)shape.dim[0] != mark->count)
      raise_at(vm, span, "x has %zu numbers, %s %lld", mark->count, names[i],
               (long long)shape.dim[0]);
    mark->count = (size_t)shape.dim[0];
  }
  mark->x = read[0];
  mark->y = read[1];
  mark->z = wants_z ? read[2] : NULL;
}

static void read_grid(Vm *vm, Span span, Picture *picture, Mark *mark, Value from) {
  Shape shape;
  bool image = mark->kind == MARK_IMAGE;
  mark->z = numbers(vm, span, picture, from, "z", &shape);
  if (!mark->z || shape.rank != (image ? 3 : 2) || (image && shape.dim[2] != 3))
    raise_at(vm, span, "a mark of this kind needs `z`, a tensor %s",
             image ? "[rows, columns, 3]" : "[rows, columns]");
  mark->rows = (size_t)shape.dim[0];
  mark->cols = (size_t)shape.dim[1];
  if (mark->rows == 0 || mark->cols == 0) raise_at(vm, span, "nothing to plot: no rows or columns");
  const double *box = numbers(vm, span, picture, from, "box", &shape);
  double whole[4] = {-0.5, (double)mark->cols - 0.5, -0.5, (double)mark->rows - 0.5};
  if (box && (shape.rank != 1 || shape.dim[0] != 4))
    raise_at(vm, span, "`box` of a mark must be [x from, x to, y from, y to]");
  memcpy(mark->box, box ? box : whole, sizeof mark->box);
}

static void read_mark(Vm *vm, Span span, Picture *picture, Value from) {
  MarkKind kind = kind_of(vm, span, from);
  Mark *mark = picture_mark(picture, kind);
  const Value *hue = field(from, "hue");
  mark->name = copied(picture, field(from, "name"));
  mark->hue = hue && hue->kind == KIND_NUMBER ? (int)fmin(fmax(hue->number, -1), 1000) : 0;
  if (kind <= MARK_BAND) read_points(vm, span, picture, mark, from);
  else read_grid(vm, span, picture, mark, from);
}

/* ---- axes ---- */

static void read_limits(Vm *vm, const CallSite *site, const Value *args, int index, Axis *axis) {
  Value given = args[index];
  if (absent(given)) return;
  const TupleObject *tuple = given.kind == KIND_TUPLE ? given.tuple : NULL;
  bool fine = tuple && tuple->count == 2 && tuple->items[0].kind == KIND_NUMBER &&
              tuple->items[1].kind == KIND_NUMBER;
  double low = fine ? tuple->items[0].number : 0, high = fine ? tuple->items[1].number : 0;
  if (!fine || !(low < high) || !isfinite(high - low) || (axis->log && low <= 0))
    raise_help(vm, site_at(site, index), "x: (-2, 2)",
               "limits of an axis must be two finite numbers, the lower first%s",
               axis->log ? ", above 0 on a logarithmic axis" : "");
  axis->given = true;
  axis->low = low;
  axis->high = high;
}

static void read_names(Vm *vm, const CallSite *site, const Value *args, int index, Picture *picture,
                       Axis *axis) {
  if (absent(args[index])) return;
  int64_t count = items_count(vm, site_at(site, index), args[index]);
  const char **names = arena_alloc(&picture->arena, (size_t)count * sizeof *names + 1);
  for (int64_t i = 0; i < count; i++) {
    Value item = items_at(vm, site_at(site, index), args[index], i);
    names[i] = copied(picture, &item);
    value_release(vm, item);
    if (!names[i]) raise_at(vm, site_at(site, index), "names of an axis must be strings");
  }
  axis->names = names;
  axis->name_count = (size_t)count;
}

static void read_logs(Vm *vm, const CallSite *site, const Value *args, Picture *picture) {
  if (absent(args[LOG])) return;
  const StringObject *log = arg_string(vm, site, args, LOG);
  picture->x.log = strcmp(log->data, "x") == 0 || strcmp(log->data, "xy") == 0;
  picture->y.log = strcmp(log->data, "y") == 0 || strcmp(log->data, "xy") == 0;
  if (!picture->x.log && !picture->y.log)
    raise_at(vm, site_at(site, LOG), "`log:` must be \"x\", \"y\" or \"xy\"");
}

static void read_picture(Vm *vm, const CallSite *site, const Value *args, Picture *picture) {
  Span span = site_at(site, MARKS);
  int64_t count = items_count(vm, span, args[MARKS]);
  if (count == 0) raise_at(vm, span, "nothing to plot: there are no marks");
  picture->title = copied(picture, &args[TITLE]);
  picture->x.label = copied(picture, &args[X_LABEL]);
  picture->y.label = copied(picture, &args[Y_LABEL]);
  read_logs(vm, site, args, picture);
  read_limits(vm, site, args, X_LIMITS, &picture->x);
  read_limits(vm, site, args, Y_LIMITS, &picture->y);
  read_names(vm, site, args, X_NAMES, picture, &picture->x);
  read_names(vm, site, args, Y_NAMES, picture, &picture->y);
  picture->bare = true;
  for (int64_t i = 0; i < count; i++) {
    Value item = items_at(vm, span, args[MARKS], i);
    read_mark(vm, span, picture, item);
    value_release(vm, item);
    if (picture->marks[i].kind != MARK_IMAGE) picture->bare = false;
  }
}

/* ---- where it goes ---- */

static int length_of(Vm *vm, const CallSite *site, const Value *args, int index, int usual,
                     int least, int most) {
  if (absent(args[index])) return usual;
  return (int)arg_integer(vm, site, args, index, usual, least, most);
}

static void terminal_size(int *columns, int *lines) {
  struct winsize size = {0};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size.ws_col = COLUMNS_USUAL;
  *columns = size.ws_col < COLUMNS_WIDEST ? size.ws_col : COLUMNS_WIDEST;
  *lines = *columns / 4 < 8 ? 8 : *columns / 4;
  if (size.ws_row >= 12 && *lines > size.ws_row - 2) *lines = size.ws_row - 2;
}

static TerminalColour terminal_colour(const Vm *vm) {
  if (!vm->options.color_output) return COLOUR_NONE;
  const char *depth = getenv("COLORTERM");
  bool many = depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0);
  return many ? COLOUR_TRUE : COLOUR_256;
}

/* What GD_IMAGES names, or what the terminal says it knows; a picture of a training that still runs
 * is redrawn in its place, of cells. */
static PixelForm pixel_form(const Vm *vm) {
  const char *wish = getenv("GD_IMAGES");
  if (vm->run || output_in_notebook()) return PIXELS_NONE;
  if (wish && *wish) return pixels_named(wish);
  return vm->options.color_output && isatty(STDOUT_FILENO) ? pixels_known(environ) : PIXELS_NONE;
}

enum { CELL_WIDTH = 8, CELL_HEIGHT = 16 }; /* points of the sheet for a cell */

static void draw(Vm *vm, Drawing *drawing) {
  picture_draw(&drawing->picture, drawing->pen);
  vm_poll_signals(vm);
}

/* As an image of the terminal's own; false: it has none, or a library is not there. */
static bool show_pixels(Vm *vm, Drawing *drawing, int columns, int lines) {
  PixelForm form = pixel_form(vm);
  struct winsize size = {0};
  Diag diag = {0};
  if (!form || !(drawing->pen = png_new(columns * CELL_WIDTH, lines * CELL_HEIGHT, &diag)))
    return false;
  drawing->drop = png_free;
  draw(vm, drawing);
  PixelImage image = png_image(drawing->pen);
  int across = CELL_WIDTH, down = CELL_HEIGHT;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_xpixel && size.ws_col) {
    across = size.ws_xpixel / size.ws_col;
    down = size.ws_ypixel / (size.ws_row ? size.ws_row : 1);
  }
  bool usual = across < 2 || down < 2;
  if (image.bytes && pixels_write(form, &image, columns, lines, usual ? CELL_WIDTH : across,
                                  usual ? CELL_HEIGHT : down, &drawing->text))
    return true;
  png_free(drawing->pen);
  drawing->pen = NULL;
  return false;
}

static void print_drawing(const Drawing *drawing) {
  size_t done = 0;
  output_add(drawing->text.data, drawing->text.length, &done);
}

/* In a notebook: the drawing, and the letters of the terminal for who cannot show it. */
static void show_inline(Vm *vm, const Notebook *notebook, Drawing *drawing, const Value *args,
                        int columns, int lines) {
  Text svg = {0};
  drawing->drop(drawing->pen);
  drawing->drop = svg_free;
  drawing->pen = svg_new(absent(args[WIDTH]) ? PIXELS_WIDE : columns * CELL_WIDTH,
                         absent(args[HEIGHT]) ? PIXELS_HIGH : lines * CELL_HEIGHT);
  draw(vm, drawing);
  svg_write(drawing->pen, &svg);
  notebook->picture(notebook->context, &svg, &drawing->text);
  text_free(&svg);
}

static void show(Vm *vm, const CallSite *site, const Value *args, Drawing *drawing) {
  int columns, lines;
  terminal_size(&columns, &lines);
  columns = length_of(vm, site, args, WIDTH, columns, 8, COLUMNS_MOST);
  lines = length_of(vm, site, args, HEIGHT, lines, 4, COLUMNS_MOST);
  if (show_pixels(vm, drawing, columns, lines)) {
    print_drawing(drawing);
    return;
  }
  drawing->pen = terminal_new(columns, lines, terminal_colour(vm));
  drawing->drop = terminal_free;
  draw(vm, drawing);
  terminal_write(drawing->pen, &drawing->text);
  const Notebook *notebook = output_in_notebook();
  if (notebook) {
    show_inline(vm, notebook, drawing, args, columns, lines);
    return;
  }
  print_drawing(drawing);
}

static bool ends_with(const char *path, const char *ending) {
  size_t length = strlen(path), wanted = strlen(ending);
  return length > wanted && strcmp(path + length - wanted, ending) == 0;
}

static void keep(Vm *vm, const CallSite *site, const Value *args, Drawing *drawing) {
  const char *path = arg_path(vm, site, args, SAVE);
  bool svg = ends_with(path, ".svg");
  if (!svg && !ends_with(path, ".png"))
    raise_help(vm, site_at(site, SAVE), "save: \"picture.svg\"",
               "pictures are saved as .svg or .png");
  double width = length_of(vm, site, args, WIDTH, PIXELS_WIDE, 64, PIXELS_MOST);
  double height = length_of(vm, site, args, HEIGHT, PIXELS_HIGH, 64, PIXELS_MOST);
  Diag diag = {.span = site_at(site, SAVE)};
  drawing->drop = svg ? svg_free : png_free;
  drawing->pen = svg ? svg_new(width, height) : png_new(width, height, &diag);
  if (!drawing->pen) raise_diag(vm, &diag);
  draw(vm, drawing);
  if (svg) svg_write(drawing->pen, &drawing->text);
  else if (!png_write(drawing->pen, &drawing->text, &diag)) raise_diag(vm, &diag);
  if (!file_write(&vm->files, path, drawing->text.data, drawing->text.length, &diag)) {
    diag.span = site_at(site, SAVE);
    raise_diag(vm, &diag);
  }
}

Value native_picture(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (vm->checking) return value_none();
  Drawing *drawing = mem_zero(sizeof *drawing);
  drawing->held.free_whole = drawing_free;
  vm_hold(vm, &drawing->held);
  read_picture(vm, site, args, &drawing->picture);
  Diag diag = {.span = site->span};
  bool settled = picture_settle(&drawing->picture, &diag);
  vm_poll_signals(vm);
  if (!settled) {
    diag.span = site->span;
    raise_diag(vm, &diag);
  }
  if (absent(args[SAVE])) show(vm, site, args, drawing);
  else keep(vm, site, args, drawing);
  vm_drop(vm, &drawing->held);
  return value_none();
}
