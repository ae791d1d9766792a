/* joins.c — see joins.h.
 *
 * A training whose targets are not named trains what its loss reaches.  With layers that are
 * dropped, or experts to choose from, a step may be the first to reach a param, which joins then:
 * behind those that are there, since norms are summed in the order of the targets.  A resumed run
 * begins with the recording of one step, which may reach less, or the same in another order.  So a
 * checkpoint has that order, and of each param the path by which the loss names it, and they join
 * again before anything is recorded.
 *
 * Paths are those of a search of the losses (run/reach.c) on all their branches, before the first
 * step: the resumed run makes it at the same place of the same script.  It goes through the values
 * of then, so a param that a block makes during the training has no path, and a checkpoint cannot
 * give it back: its values are there, the model that it is part of is not.  Where a path is not
 * found, what comes after it in the order is left to the recording, and must be reached by it.
 */
#include "lang/train/joins.h"
#include "lang/run/kept.h"
#include "lang/run/reach.h"
#include "lang/train/saved.h"

#include <string.h>

static const uint64_t SEED = 1;

static ParamObject *param_at(const Joins *joins, const char *path, size_t length) {
  uint32_t at = 0, place;
  while (lookup_next(&joins->names, hash_bytes(path, length, SEED), &at, &place)) {
    const Join *join = &joins->items[place];
    if (strlen(join->path) == length && !memcmp(join->path, path, length)) return join->param;
  }
  return NULL;
}

static int place_of(Joins *joins, const ParamObject *param) {
  return lookup_place(&joins->params, joins->items, sizeof(Join), joins->count, param);
}

/* On one line, and with a number if another one has it too. */
static void add(void *context, ParamObject *param, const char *path) {
  Joins *joins = context;
  if (place_of(joins, param) >= 0) return;
  Text text = {0};
  text_escaped(&text, path, strlen(path));
  const size_t length = text.length;
  for (int number = 2; param_at(joins, text.data, text.length); number++) {
    text.length = length;
    text_format(&text, "#%d", number);
  }
  const int count = joins->count;
  if ((count & (count - 1)) == 0)
    joins->items = mem_grow(joins->items, (count ? 2 * (size_t)count : 1) * sizeof(Join));
  value_retain(value_of(KIND_PARAM, param));
  joins->items[joins->count++] = (Join){param, text.data};
  lookup_put(&joins->names, hash_bytes(text.data, text.length, SEED), (uint32_t)count);
}

void joins_open(TrainRun *run) {
  Joins *joins = run->joins = mem_zero(sizeof *run->joins);
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    if (!objective->targets_given) continue;
    for (int i = 0; i < objective->target_count; i++)
      add(joins, objective->targets[i], objective->target_names[i]);
    for (int i = 0; i < objective->buffer_count; i++)
      add(joins, objective->buffers[i], objective->buffer_names[i]);
  }
  reach_params(run, add, joins);
}

/* ---- for the checkpoint ---- */

/* That of a param made since the training began is `?` and its name. */
static void note_path(TrainRun *run, int kept, Text *text) {
  const int place = place_of(run->joins, run->kept[kept]);
  const char *name = run->kept_names[kept];
  if (place >= 0) text_string(text, run->joins->items[place].path);
  else text_char(text, '?'), text_escaped(text, name, strlen(name));
  text_char(text, '\n');
}

static void note_places(const TrainRun *run, Lookup *lookup, ParamObject *const *params, int count,
                        Series *into) {
  into->count = 0;
  for (int i = 0; i < count; i++)
    series_push(into,
                lookup_place(lookup, run->kept, sizeof(ParamObject *), run->kept_count, params[i]));
}

void joins_note(TrainRun *run) {
  Joins *joins = run->joins;
  Text text = {0};
  Lookup lookup = {0};
  for (int i = 0; i < run->kept_count; i++) note_path(run, i, &text);
  joins->paths.count = 0;
  for (size_t i = 0; i < text.length; i++) series_push(&joins->paths, (uint8_t)text.data[i]);
  joins->found_count = run->kept_count;
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    note_places(run, &lookup, objective->targets, objective->target_count, &joins->targets[o]);
    note_places(run, &lookup, objective->buffers, objective->buffer_count, &joins->buffers[o]);
  }
  text_free(&text);
  lookup_free(&lookup);
}

/* ---- from the checkpoint ---- */

static void find_one(Joins *joins, const Text *path) {
  const size_t count = (size_t)joins->found_count + 1;
  ParamObject *param = param_at(joins, path->data, path->length);
  joins->found = mem_grow(joins->found, count * sizeof(ParamObject *));
  joins->found[joins->found_count++] = param;
  if (!param && !joins->missing.length) text_add(&joins->missing, path->data, path->length);
}

void joins_find(TrainRun *run) {
  Joins *joins = run->joins;
  Text path = {0};
  joins->found_count = 0;
  for (int64_t i = 0; i < joins->paths.count; i++) {
    const char letter = (char)(uint8_t)joins->paths.at[i];
    if (letter != '\n') {
      text_char(&path, letter);
      continue;
    }
    if (path.length) find_one(joins, &path);
    path.length = 0;
  }
  text_free(&path);
}

static void join_targets(Objective *objective, const Joins *joins, const Series *order) {
  for (int64_t i = 0; i < order->count; i++) {
    ParamObject *param = joins->found[(int64_t)order->at[i]];
    if (!param || param->buffer || param->frozen) break;
    objective_join(objective, param);
  }
  objective->looked_for = objective->target_count;
}

static void join_buffers(Objective *objective, const Joins *joins, const Series *order) {
  for (int64_t i = 0; i < order->count; i++) {
    ParamObject *param = joins->found[(int64_t)order->at[i]];
    if (!param || !param->buffer) break;
    objective_buffer(objective, param, param->name ? param->name : "buffer");
  }
}

static void refuse_twice(const TrainRun *run, int number, const char *what, const Series *order) {
  uint8_t *seen = mem_zero((size_t)run->joins->found_count + 1);
  int64_t twice = -1;
  for (int64_t i = 0; i < order->count && twice < 0; i++)
    if (seen[(int64_t)order->at[i]]++) twice = (int64_t)order->at[i];
  mem_free(seen);
  if (twice >= 0)
    saved_fail(run, NULL, "`joins.%d.%s` has %lld twice", number, what, (long long)twice);
}

void joins_again(TrainRun *run) {
  const Joins *joins = run->joins;
  for (int o = 0; o < run->objective_count; o++) {
    Objective *objective = &run->objectives[o];
    refuse_twice(run, o, "targets", &joins->targets[o]);
    refuse_twice(run, o, "buffers", &joins->buffers[o]);
    if (!objective->targets_given) join_targets(objective, joins, &joins->targets[o]);
    join_buffers(objective, joins, &joins->buffers[o]);
    objective->closed = objective->target_count > 0;
  }
  for (int i = 0; i < joins->found_count && joins->found[i]; i++)
    if (!kept_again(run, joins->found[i])) break;
}

void joins_settle(TrainRun *run) {
  const Joins *joins = run->joins;
  for (int o = 0; o < run->objective_count; o++) run->objectives[o].closed = false;
  if (run->kept_count >= joins->found_count || !joins->missing.length) return;
  const char *missing = joins->missing.data;
  if (missing[0] == '?')
    saved_fail(run, "make it before the `train`, and let the loss choose",
               "the checkpoint trains `%.100s` too, which a block made then: it is not stored",
               missing + 1);
  saved_fail(run, NULL, "the checkpoint trains `%.100s` too, which this loss cannot reach",
             missing);
}

void joins_free(TrainRun *run) {
  Joins *joins = run->joins;
  if (!joins) return;
  for (int i = 0; i < joins->count; i++) {
    value_release(run->vm, value_of(KIND_PARAM, joins->items[i].param));
    mem_free(joins->items[i].path);
  }
  for (int o = 0; o < UPDATES_MOST; o++) {
    mem_free(joins->targets[o].at);
    mem_free(joins->buffers[o].at);
  }
  mem_free(joins->paths.at);
  mem_free(joins->found);
  text_free(&joins->missing);
  mem_free(joins->items);
  lookup_free(&joins->params);
  lookup_free(&joins->names);
  mem_free(joins);
}
