/* images.c — pictures: image(path), and images(folder) as a data set of pictures of one size.
 *
 * The headers of all files are read first, so that all sizes and channels are known, and
 * differences reported, before any picture is read.  Then each picture is read directly into its
 * place in x.
 */
#include "lang/data/images.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"
#include "lang/values/dict.h"

#include <stdio.h>
#include <string.h>

enum { SIDE_MOST = 1 << 15 };

/* A side of `size:`, a whole number. */
static int64_t side(Vm *vm, const CallSite *site, Value value) {
  int64_t pixels = value_as_index(vm, site_at(site, 1), value);
  if (pixels < 1 || pixels > SIDE_MOST)
    raise_at(vm, site_at(site, 1), "a side of a picture must be from 1 to %d pixels, not %lld",
             SIDE_MOST, (long long)pixels);
  return pixels;
}

/* `size: (height, width)` or one number for both, `channels:`. */
static ImageForm form_wanted(Vm *vm, const CallSite *site, const Value *args) {
  ImageForm form = {0};
  if (args[1].kind == KIND_UNKNOWN || args[2].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (args[1].kind == KIND_TUPLE) {
    if (args[1].tuple->count != 2)
      raise_help(vm, site_at(site, 1), "size: (28, 28)",
                 "`size:` must be (height, width) or one number");
    form.height = side(vm, site, args[1].tuple->items[0]);
    form.width = side(vm, site, args[1].tuple->items[1]);
  } else if (data_given(args[1])) {
    form.height = form.width = side(vm, site, args[1]);
  }
  if (!data_given(args[2])) return form;
  int64_t channels = value_as_index(vm, site_at(site, 2), args[2]);
  if (channels < 1 || channels > 4)
    raise_at(vm, site_at(site, 2),
             "`channels:` is 1 (grey), 2 (and transparency), 3 (colours) or 4 (and transparency), "
             "not %lld",
             (long long)channels);
  form.channels = (int)channels;
  return form;
}

Value native_image(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[0]);
  ImageForm form = form_wanted(vm, site, args);
  ImageHead head;
  Diag diag = {0};
  if (!image_head(&vm->files, path, &head, &diag)) data_fail_file(vm, site, &diag);
  if (!form.height) form.height = head.height, form.width = head.width;
  bool lost = head.alpha && !form.channels;
  if (!form.channels) form.channels = head.channels;
  Tensor tensor = {.dtype = vm->real,
                   .shape = shape_of(3, (int64_t[]){form.channels, form.height, form.width})};
  if (!vm->checking) {
    Shape shape = tensor.shape;
    if (!tensor_new(&tensor, vm->real, &shape, &diag)) data_fail(vm, site, &diag);
    if (!image_fill(&vm->files, path, &form, &tensor, 0, &diag)) {
      tensor_release(&tensor);
      data_fail(vm, site, &diag);
    }
  }
  if (lost)
    data_notice(vm, site, path, "the transparency is ignored",
                head.channels == 1 ? "channels: 2 keeps it" : "channels: 4 keeps it");
  Value value = data_tensor(vm, tensor);
  value.tensor->made = site->span;
  return value;
}

/* The pictures of a folder being read; freed whatever happens. */
typedef struct Gathering {
  Held held;
  ImageFolder folder;
  Tensor x, y;
} Gathering;

static void gathering_free(Held *held) {
  Gathering *now = (Gathering *)(void *)held;
  image_folder_free(&now->folder);
  tensor_release(&now->x);
  tensor_release(&now->y);
  mem_free(now);
}

static const char *name_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static NORETURN void refuse_sizes(Vm *vm, const CallSite *site, const char *const paths[2],
                                  const ImageHead heads[2]) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, site->span,
            "the pictures differ in size: %.80s has %lld x %lld pixels, %.80s %lld x %lld",
            name_of(paths[0]), (long long)heads[0].height, (long long)heads[0].width,
            name_of(paths[1]), (long long)heads[1].height, (long long)heads[1].width);
  diag_help(&diag, "size: (%lld, %lld) scales all of them", (long long)heads[0].height,
            (long long)heads[0].width);
  raise_diag(vm, &diag);
}

/* What the pictures have in common: colours where any has some. */
static void settle_form(Vm *vm, const CallSite *site, const ImageFolder *folder, ImageForm *form,
                        int64_t *transparent) {
  ImageHead first = {0};
  int channels = 1;
  for (int64_t i = 0; i < folder->count; i++) {
    ImageHead head;
    Diag diag = {0};
    vm_poll_signals(vm);
    if (!image_head(&vm->files, folder->paths[i], &head, &diag)) data_fail(vm, site, &diag);
    if (i == 0) first = head;
    if (!form->height && (head.height != first.height || head.width != first.width))
      refuse_sizes(vm, site, (const char *const[]){folder->paths[0], folder->paths[i]},
                   (ImageHead[]){first, head});
    if (head.channels > channels) channels = head.channels;
    *transparent += head.alpha;
  }
  if (!form->height) form->height = first.height, form->width = first.width;
  if (!form->channels) form->channels = channels;
}

static void tell_passed(Vm *vm, const CallSite *site, const char *path, const ImageFolder *folder,
                        const ImageForm *form, int64_t transparent) {
  char told[200] = "";
  if (folder->passed)
    snprintf(told, sizeof told, "%lld file%s that %s no picture%s by name ignored",
             (long long)folder->passed, folder->passed == 1 ? "" : "s",
             folder->passed == 1 ? "is" : "are", folder->passed == 1 ? "" : "s");
  size_t used = strlen(told);
  bool lost = transparent && form->channels % 2;
  if (lost)
    snprintf(told + used, sizeof told - used, "%sthe transparency of %lld picture%s is ignored",
             used ? "; " : "", (long long)transparent, transparent == 1 ? "" : "s");
  if (told[0])
    data_notice(vm, site, path, told, lost ? "channels: 4 (or 2) reads it as a channel" : NULL);
}

static void fill(Vm *vm, const CallSite *site, Gathering *now, const ImageForm *form) {
  const ImageFolder *folder = &now->folder;
  Diag diag = {0};
  Shape shape = shape_of(4, (int64_t[]){folder->count, form->channels, form->height, form->width});
  if (vm->checking) {
    now->x = (Tensor){.dtype = vm->real, .shape = shape};
    now->y = (Tensor){.dtype = DTYPE_I32, .shape = shape_of(1, &folder->count)};
    return;
  }
  if (!tensor_new(&now->x, vm->real, &shape, &diag) ||
      (folder->class && !tensor_new(&now->y, DTYPE_I32, &(Shape){1, {folder->count}}, &diag)))
    data_fail(vm, site, &diag);
  int64_t each = folder->count ? tensor_count(&now->x) / folder->count : 0;
  for (int64_t i = 0; i < folder->count; i++) {
    vm_poll_signals(vm);
    if (!image_fill(&vm->files, folder->paths[i], form, &now->x, i * each, &diag))
      data_fail(vm, site, &diag);
  }
  if (folder->class)
    memcpy(tensor_data(&now->y), folder->class, (size_t)folder->count * sizeof(int32_t));
}

Value native_images(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[0]);
  ImageForm form = form_wanted(vm, site, args);
  Gathering *now = mem_zero(sizeof *now);
  now->held.free_whole = gathering_free;
  vm_hold(vm, &now->held);
  Diag diag = {0};
  int64_t transparent = 0;
  if (!image_folder(&vm->files, path, &now->folder, &diag)) data_fail_file(vm, site, &diag);
  settle_form(vm, site, &now->folder, &form, &transparent);
  if (!vm->checking) tell_passed(vm, site, path, &now->folder, &form, transparent);
  fill(vm, site, now, &form);
  Value columns[2] = {data_tensor(vm, now->x), {0}};
  now->x = (Tensor){0};
  if (now->folder.class) columns[1] = data_tensor(vm, now->y);
  now->y = (Tensor){0};
  Value data = dataset_new(vm, site, columns, now->folder.class ? 2 : 1);
  data.dataset->source = data_intern(vm, path);
  if (now->folder.class) {
    Value dict = value_dict(vm);
    data.dataset->classes = dict;
    Value names = vm->checking ? (Value){.kind = KIND_UNKNOWN}
                               : data_strings(vm, now->folder.names, now->folder.class_count);
    dict_set_text(vm, dict.dict, "y", 1, names);
    dict.dict->target = "y";
  }
  vm_drop(vm, &now->held);
  return data;
}
