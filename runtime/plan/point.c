/* point.c — where a pointer of a plan points.
 *
 * Addresses in the slab are final.  Those in bindings and results are noted as fixups, which
 * plan_run sets when the caller's memory has moved since the last run.
 */
#include "runtime/plan/point.h"
#include "runtime/plan/node.h"

#include <string.h>

static void add_fixup(FixupList *list, void *slot, size_t offset) {
  if (list->count == list->capacity) {
    list->capacity = list->capacity ? 2 * list->capacity : 4;
    list->fixups = mem_grow(list->fixups, (size_t)list->capacity * sizeof(Fixup));
  }
  list->fixups[list->count++] = (Fixup){slot, offset};
}

void point_place(Plan *plan, void *slot, Storage place, size_t extra) {
  char *at = place.kind == STORAGE_SLAB ? plan->slab + place.offset + extra : NULL;
  memcpy(slot, &at, sizeof at);
  if (place.kind == STORAGE_BINDING)
    add_fixup(&plan->bindings[place.index], slot, place.offset + extra);
  if (place.kind == STORAGE_STORED)
    add_fixup(&plan->written[place.index], slot, place.offset + extra);
  if (place.kind == STORAGE_RESULT)
    add_fixup(&plan->result_at[place.index], slot, place.offset + extra);
}

void point_node(Plan *plan, void *slot, NodeId id) {
  const Facts *facts = &plan->facts[id];
  point_place(plan, slot, plan->facts[facts->root].place,
              (size_t)facts->offset * node_element(plan, facts->root));
}
