/* nodes.c — see nodes.h.
 *
 * Two nodes are added element by element, either whole by all threads or piece by piece by one.
 * The additions are the same, so the bits are too.  Slots are reused from update to update.
 */
#include "lang/step/nodes.h"

#include "lang/machine/vm.h"
#include "lang/models/param.h"
#include "runtime/compute.h"

#include <assert.h>
#include <string.h>

enum { GROUP_ELEMENTS = 1 << 14 };

static size_t field_bytes(const Field *field) {
  return (size_t)field->count * (field->kind == FIELD_F32 ? 4 : field->kind == FIELD_F64 ? 8 : 1);
}

/* ---- memory ---- */

enum { LINE = 64 };

static size_t whole_bytes(const Buffer *slot) { return LINE + slot->bytes + LINE; }
static void give_slot(Buffer *slot) { mem_free64(slot, whole_bytes(slot)); }

/* As buffer_new, but not counted: the memory that the parts of an update need is gd's own. */
static Buffer *new_slot(size_t bytes) {
  Buffer *slot = mem_align64(LINE + bytes + LINE);
  *slot = (Buffer){.refs = 1, .bytes = bytes, .data = (char *)slot + LINE, .give = give_slot};
  memset(slot->data, 0, bytes + LINE);
  return slot;
}

static void free_room(struct Room *room) {
  for (int i = 0; i < SLOTS_MOST; i++)
    if (room->at[i]) buffer_release(room->at[i]);
  *room = (struct Room){.bytes = 0};
}

/* No slot is in use of a room that grows. */
static void make_room(struct Room *room, size_t bytes) {
  if (bytes <= room->bytes) return;
  free_room(room);
  room->bytes = bytes;
}

static char *room_at(struct Room *room, int slot) {
  if (!room->at[slot]) room->at[slot] = new_slot(room->bytes);
  return room->at[slot]->data;
}

/* A field of a slot has a record of its own, since a plan notes in it what it knows of the elements
 * (Limits); it holds the slot. */
typedef struct View {
  Buffer buffer;
  Buffer *slot; /* held */
} View;

static void give_view(Buffer *buffer) {
  View *view = (View *)buffer;
  buffer_release(view->slot);
  mem_free(view);
}

static void free_views(struct Views *views) {
  for (int i = 0; i < views->count; i++) tensor_release(&views->fields[i]);
  mem_free(views->fields);
  *views = (struct Views){.count = 0};
}

static Tensor view_of(Buffer *slot, const Field *field, const Tensor *like) {
  View *view = mem_alloc(sizeof *view);
  view->buffer = (Buffer){.refs = 1,
                          .bytes = field_bytes(field),
                          .data = (char *)slot->data + field->at,
                          .give = give_view};
  view->slot = slot;
  buffer_retain(slot);
  return (Tensor){.dtype = like->dtype, .shape = like->shape, .buffer = &view->buffer};
}

const Tensor *nodes_views(Nodes *nodes, const Subtotal *node) {
  struct Views *views = &nodes->views[node->slot];
  if (views->fields && views->version == nodes->version) return views->fields;
  free_views(views);
  views->version = nodes->version;
  views->fields = mem_alloc((size_t)nodes->sums.count * sizeof *views->fields);
  for (; views->count < nodes->sums.count; views->count++) {
    const Field *field = &nodes->sums.fields[views->count];
    views->fields[views->count] = view_of(nodes->sum_room.at[node->slot], field,
                                          &nodes->objective->accumulators[field->number]);
  }
  return views->fields;
}

Subtotal nodes_take(Nodes *nodes) {
  for (int i = 0; i < SLOTS_MOST; i++) {
    if (nodes->taken[i]) continue;
    nodes->taken[i] = true;
    return (Subtotal){.sums = nodes->summed ? room_at(&nodes->sum_room, i) : NULL,
                      .buffers = nodes->laid ? room_at(&nodes->buffer_room, i) : NULL,
                      .slot = i};
  }
  assert(false); /* a tree is not so deep */
  return (Subtotal){0};
}

void nodes_complete(Nodes *nodes, Subtotal *node) {
  node->buffers = room_at(&nodes->buffer_room, node->slot);
}

void nodes_return(Nodes *nodes, const Subtotal *node) {
  if (node->sums) nodes->taken[node->slot] = false;
}

void nodes_free(Nodes *nodes) {
  for (int i = 0; i < SLOTS_MOST; i++) free_views(&nodes->views[i]);
  free_room(&nodes->sum_room);
  free_room(&nodes->buffer_room);
  mem_free(nodes->sums.fields);
  mem_free(nodes->buffers.fields);
  *nodes = (Nodes){.summed = false};
}

/* ---- layout ---- */

static void begin_layout(Layout *layout, int most) {
  layout->fields = mem_grow(layout->fields, (size_t)(most + 1) * sizeof *layout->fields);
  layout->count = 0;
  layout->bytes = 0;
}

/* On a line of its own, as tensors are. */
static void add_field(Layout *layout, Field new) {
  Field *field = &layout->fields[layout->count++];
  layout->bytes = (layout->bytes + LINE - 1) & ~(size_t)(LINE - 1);
  new.at = layout->bytes;
  *field = new;
  layout->bytes += field_bytes(field);
}

void nodes_begin(Nodes *nodes) {
  memset(nodes->taken, 0, sizeof nodes->taken);
  nodes->summed = nodes->laid = false;
}

void nodes_lay_sums(Nodes *nodes, const Objective *objective, const int *order) {
  int count = objective->target_count + 1;
  const bool more = nodes->sums.count != count;
  begin_layout(&nodes->sums, count);
  for (int i = 0; i < count; i++) {
    int number = order ? order[i] : i;
    const Tensor *sum = &objective->accumulators[number];
    add_field(&nodes->sums, (Field){.kind = sum->dtype == DTYPE_F32 ? FIELD_F32 : FIELD_F64,
                                    .count = tensor_count(sum),
                                    .number = number});
  }
  if (more || nodes->objective != objective || nodes->ordered != (order != NULL)) nodes->version++;
  nodes->objective = objective;
  nodes->ordered = order != NULL;
  make_room(&nodes->sum_room, nodes->sums.bytes);
  nodes->summed = true;
}

/* What was in the slot before, field by field: the last is that of the losses. */
static void copy_fields(Nodes *nodes, int slot, const Layout *before, const char *from) {
  const int added = nodes->sums.count - before->count;
  char *to = room_at(&nodes->sum_room, slot);
  for (int i = 0; i < before->count; i++) {
    const Field *field = &before->fields[i];
    const int now = i + 1 < before->count ? i : i + added;
    memcpy(to + nodes->sums.fields[now].at, from + field->at, field_bytes(field));
  }
}

void nodes_grow(Nodes *nodes, const Objective *objective) {
  Layout before = nodes->sums;
  struct Room room = nodes->sum_room;
  nodes->sums = (Layout){.count = 0};
  nodes->sum_room = (struct Room){.bytes = 0};
  nodes_lay_sums(nodes, objective, NULL);
  for (int i = 0; i < SLOTS_MOST; i++)
    if (nodes->taken[i] && room.at[i]) copy_fields(nodes, i, &before, room.at[i]->data);
  free_room(&room);
  mem_free(before.fields);
}

void nodes_find(const Nodes *nodes, Subtotal *node) {
  node->sums = nodes->sum_room.at[node->slot]->data;
}

void nodes_lay_buffers(Nodes *nodes, ParamObject **buffers, int count) {
  begin_layout(&nodes->buffers, count);
  for (int i = 0; i < count; i++) {
    const Tensor *value = &buffers[i]->value;
    bool mean = dtype_floats(value->dtype);
    add_field(&nodes->buffers,
              (Field){.kind = mean ? FIELD_F64 : FIELD_KEPT,
                      .count = mean ? tensor_count(value) : (int64_t)tensor_bytes(value),
                      .number = -1,
                      .param = buffers[i]});
  }
  make_room(&nodes->buffer_room, nodes->buffers.bytes);
  nodes->laid = true;
}

/* ---- sums ---- */

typedef struct Adding {
  const Field *field;
  char *to;
  const char *from;
} Adding;

FOR_EACH_ISA(void, add_f32, (float *restrict to, const float *restrict from, int64_t count),
             (to, from, count)) {
  for (int64_t i = 0; i < count; i++) to[i] += from[i];
}

FOR_EACH_ISA(void, add_f64, (double *restrict to, const double *restrict from, int64_t count),
             (to, from, count)) {
  for (int64_t i = 0; i < count; i++) to[i] += from[i];
}

static void add_elements(FieldKind kind, void *to, const void *from, int64_t count) {
  if (kind == FIELD_F32) add_f32(to, from, count);
  else add_f64(to, from, count);
}

static void add_group(void *context, int64_t group) {
  const Adding *adding = context;
  const Field *field = adding->field;
  int64_t first = group * GROUP_ELEMENTS, count = field->count - first;
  if (count > GROUP_ELEMENTS) count = GROUP_ELEMENTS;
  size_t skip = field->at + (size_t)first * (field->kind == FIELD_F32 ? 4 : 8);
  add_elements(field->kind, adding->to + skip, adding->from + skip, count);
}

static void add_whole(const Layout *layout, char *to, const char *from) {
  for (int i = 0; i < layout->count; i++) {
    const Field *field = &layout->fields[i];
    if (field->kind == FIELD_KEPT) continue;
    Adding adding = {field, to, from};
    team_run((field->count + GROUP_ELEMENTS - 1) / GROUP_ELEMENTS, add_group, &adding);
  }
}

void nodes_pack(const Nodes *nodes, Subtotal *node, const Tensor *stored) {
  for (int i = 0; i < nodes->buffers.count; i++) {
    const Field *field = &nodes->buffers.fields[i];
    const Tensor *from = stored ? &stored[i] : &field->param->value;
    char *to = node->buffers + field->at;
    if (field->kind == FIELD_KEPT) memcpy(to, tensor_data(from), tensor_bytes(from));
    else
      for (int64_t k = 0; k < field->count; k++)
        ((double *)(void *)to)[k] = tensor_get(from, k) * node->rows;
  }
}

void nodes_add(const Nodes *nodes, Subtotal *left, const Subtotal *right) {
  stop_shield(1); /* always added whole */
  add_whole(&nodes->sums, left->sums, right->sums);
  add_whole(&nodes->buffers, left->buffers, right->buffers);
  stop_shield(-1);
  left->rows += right->rows;
}

Subtotal nodes_join(Nodes *nodes, Subtotal left, Subtotal right) {
  if (left.rows <= 0 || right.rows <= 0) {
    nodes_return(nodes, left.rows > 0 ? &right : &left);
    return left.rows > 0 ? left : right;
  }
  nodes_find(nodes, &left);
  nodes_find(nodes, &right);
  nodes_add(nodes, &left, &right);
  nodes_return(nodes, &right);
  return left;
}

void layout_add(const Layout *layout, char *to, const char *from, size_t first, size_t end) {
  for (int i = 0; i < layout->count; i++) {
    const Field *field = &layout->fields[i];
    size_t begin = field->at > first ? field->at : first, stop = field->at + field_bytes(field);
    if (stop > end) stop = end;
    if (begin >= stop || field->kind == FIELD_KEPT) continue;
    add_elements(field->kind, to + (begin - first), from + (begin - first),
                 (int64_t)((stop - begin) / (field->kind == FIELD_F32 ? 4 : 8)));
  }
}
