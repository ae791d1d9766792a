/* pixels.c — see pixels.h.
 *
 * libchafa knows which terminal takes which images, by the variables of its environment, and how
 * they are written; it is loaded when first needed and stays.  Only the functions named here are
 * used; the numbers are those of its headers (1.12), to which newer versions only add.
 *
 * Where a form is asked for by name, the sequences are libchafa's own fallback, so that the
 * environment has no say.
 */
#include "runtime/picture/pixels.h"
#include "runtime/base/dynamic.h"

#include <string.h>

/* What glib calls a GString. */
typedef struct Printed {
  char *bytes;
  size_t length, room;
} Printed;

#define CHAFA(FUNCTION)                                                                       \
  FUNCTION(void *, term_db_get_default, (void))                                               \
  FUNCTION(void *, term_db_detect, (void *db, char **environment))                            \
  FUNCTION(void *, term_db_get_fallback_info, (void *db))                                     \
  FUNCTION(int, term_info_have_seq, (const void *info, int sequence))                         \
  FUNCTION(void, term_info_unref, (void *info))                                               \
  FUNCTION(void *, canvas_config_new, (void))                                                 \
  FUNCTION(void, canvas_config_unref, (void *config))                                         \
  FUNCTION(void, canvas_config_set_geometry, (void *config, int columns, int lines))          \
  FUNCTION(void, canvas_config_set_cell_geometry, (void *config, int width, int height))      \
  FUNCTION(void, canvas_config_set_pixel_mode, (void *config, int mode))                      \
  FUNCTION(void *, canvas_new, (const void *config))                                          \
  FUNCTION(void, canvas_unref, (void *canvas))                                                \
  FUNCTION(void, canvas_draw_all_pixels,                                                      \
           (void *canvas, int type, const uint8_t *bytes, int width, int height, int stride)) \
  FUNCTION(Printed *, canvas_print, (void *canvas, void *info))

#define MEMBER(result, name, parameters) result(*name) parameters;
typedef struct Chafa {
  CHAFA(MEMBER)
  char *(*string_free)(Printed *string, int whole); /* of glib, which it brings along */
} Chafa;
#undef MEMBER

/* For each form the sequence that begins an image. */
enum { BGRA_PREMULTIPLIED = 1 };
static const int BEGINS[] = {[PIXELS_SIXEL] = 40, [PIXELS_KITTY] = 43, [PIXELS_ITERM] = 47};

static bool load(Chafa *chafa) {
  static const char *const files[] = {"libchafa.so.0"};
  void *handle = dynamic_open(files, COUNT_OF(files));
  bool all = handle && dynamic_find(handle, "g_", "string_free", &chafa->string_free);
#define FIND(result, name, parameters) \
  all = all && dynamic_find(handle, "chafa_", #name, &chafa->name);
  CHAFA(FIND)
#undef FIND
  return all;
}

PixelForm pixels_named(const char *name) {
  if (!strcmp(name, "kitty")) return PIXELS_KITTY;
  if (!strcmp(name, "sixel")) return PIXELS_SIXEL;
  return !strcmp(name, "iterm") ? PIXELS_ITERM : PIXELS_NONE;
}

PixelForm pixels_known(char **environment) {
  static const PixelForm order[] = {PIXELS_KITTY, PIXELS_ITERM, PIXELS_SIXEL};
  Chafa chafa;
  PixelForm found = PIXELS_NONE;
  if (!load(&chafa)) return found;
  void *info = chafa.term_db_detect(chafa.term_db_get_default(), environment);
  for (int i = 0; info && !found && i < COUNT_OF(order); i++)
    if (chafa.term_info_have_seq(info, BEGINS[order[i]])) found = order[i];
  if (info) chafa.term_info_unref(info);
  return found;
}

bool pixels_write(PixelForm form, const PixelImage *image, int columns, int lines, int cell_width,
                  int cell_height, Text *text) {
  Chafa chafa;
  if (form == PIXELS_NONE || !load(&chafa)) return false;
  void *info = chafa.term_db_get_fallback_info(chafa.term_db_get_default());
  if (!info || !chafa.term_info_have_seq(info, BEGINS[form])) return false;
  void *config = chafa.canvas_config_new();
  chafa.canvas_config_set_geometry(config, columns, lines);
  chafa.canvas_config_set_cell_geometry(config, cell_width, cell_height);
  chafa.canvas_config_set_pixel_mode(config, (int)form);
  void *canvas = chafa.canvas_new(config);
  chafa.canvas_draw_all_pixels(canvas, BGRA_PREMULTIPLIED, image->bytes, image->width,
                               image->height, image->stride);
  Printed *printed = chafa.canvas_print(canvas, info);
  bool fine = printed && printed->length > 0;
  if (fine) {
    text_add(text, printed->bytes, printed->length);
    if (printed->bytes[printed->length - 1] != '\n') text_char(text, '\n');
  }
  if (printed) chafa.string_free(printed, 1);
  chafa.canvas_unref(canvas);
  chafa.canvas_config_unref(config);
  chafa.term_info_unref(info);
  return fine;
}
